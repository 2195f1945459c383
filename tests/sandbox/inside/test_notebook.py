# ruff: noqa: E501 - code of learners and authors stands in one line each
"""The notebook driver, with a kernel as a local process."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.inside import codec, frames

ROOT = Path(__file__).parents[3]

# A kernel that says nothing at all, and one that comes up and then does not answer: both were met, rarely.
HUNG = """
import asyncio, os, sys, time, types
sys.path[:0] = ["sandbox/images/python", "sandbox"]
import driver
driver.TRIES = (1, 1, 60)
kernels, run = [], driver.kernel.run

def slow(file, folder, ready, **more):
    if len(kernels) == 1:
        time.sleep(60)
    if len(kernels) == 2:
        os.write(ready, b"1")
        time.sleep(60)
    run(file, folder, ready, **more)

class Kernel(driver.Kernel):
    def __init__(self, *args, **more):
        kernels.append(self)
        super().__init__(*args, **more)

driver.kernel.run, driver.Kernel = slow, Kernel
wire = types.SimpleNamespace(source=os.open("/dev/null", os.O_RDONLY), target=os.open("/dev/null", os.O_WRONLY))
found = driver.start(wire, asyncio.new_event_loop(), box=os.getcwd(), ours=[])
print(len(kernels), found.alive, [os.path.exists(f"/proc/{one.pid}") for one in kernels])
found.end()
"""

# A kernel that did not notice that somebody listens: ipykernel loses a subscription now and then.
UNWELCOMING = """
import asyncio, os, sys, types
sys.path[:0] = ["sandbox/images/python", "sandbox"]
import driver
from ipykernel.iostream import IOPubThread
IOPubThread._handle_subscription = lambda self, frames: None
wire = types.SimpleNamespace(source=os.open("/dev/null", os.O_RDONLY), target=os.open("/dev/null", os.O_WRONLY))
found = driver.start(wire, asyncio.new_event_loop(), box=os.getcwd(), ours=[])
print(found.alive)
found.end()
"""


class Notebook:
    def __init__(self, run, cells):
        self.run, self.cells = run, cells

    def cell(self, index):
        header = {"do": "cell", "run": "r", "seq": index, "nonce": "n", "index": index}
        reply = self.run.box.ask(header, cpu_seconds=20)
        assert reply.ended is None, (reply, self.run.box.errors())
        assert reply.header == {"is": "cell", "run": "r", "seq": index, "nonce": "n"}
        return frames.strict_json(reply.body)

    def all(self):
        return [self.cell(index) for index in range(len(self.cells))]

    def value(self, path):
        return self.run.ask({"q": "value", "path": path})


@pytest.fixture
def notebook(begin):
    """`notebook("x = 1", "x")` begins one with these code cells, named c0, c1 …"""

    def notebook(*cells, **files):
        told = [
            {"cell_type": "code", "id": f"c{at}", "source": source, "outputs": []} for at, source in enumerate(cells)
        ]
        data = json.dumps({"cells": told, "nbformat": 4}).encode()
        return Notebook(begin({"notebook.ipynb": data, **files}, mode="notebook", main=None), cells)

    return notebook


def texts(cell):
    return "".join(output.get("text", "") for output in cell["outputs"] if output["output_type"] == "stream")


def test_a_kernel_that_does_not_answer_is_ended_and_another_started():
    ran = subprocess.run([sys.executable, "-c", HUNG], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert ran.stdout == "3 True [False, False, True]\n", ran.stderr
    assert "kernel 2 did not answer in 1 s" in ran.stderr


def test_a_kernel_that_lost_the_subscription_is_heard_all_the_same():
    ran = subprocess.run([sys.executable, "-c", UNWELCOMING], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (ran.stdout, ran.stderr) == ("True\n", "")


def test_cells_run_one_by_one_and_go_on_after_an_error(notebook):
    run = notebook(
        "print('a'); x = [1, 2]",
        "1 / 0",
        "x",
        "import sys; sys.exit(3)",
        "input()",
        "await __import__('asyncio').sleep(0)\nprint(len(x))",
    )
    first, second, third, fourth, fifth, sixth = run.all()
    assert (first["ended"], texts(first)) == ("ok", "a\n")
    assert (second["ended"], second["outputs"][0]["ename"]) == ("error", "ZeroDivisionError")
    assert third["outputs"][0]["data"]["text/plain"] == "[1, 2]"
    assert fourth["outputs"][0]["ename"] == "SystemExit"
    assert fifth["outputs"][0]["ename"] == "StdinNotImplementedError"
    assert texts(sixth) == "2\n"
    assert run.value("x")["value"] == [1, 2]
    assert run.value("x[1]")["value"] == 2
    assert run.value("y")["ended"] == "missing"
    assert run.value("x[7]")["ended"] == "missing"


def test_files_lie_beside_the_notebook_and_only_they(notebook):
    run = notebook(
        "import os\nnames = sorted(os.listdir('.'))\nimport helper, figures\nfound = helper.a, figures.a",
        **{"d.csv": "1", "helper.py": "a = 1", "figures.py": "a = 2"},
    )
    assert run.cell(0)["ended"] == "ok"
    assert run.value("names")["value"] == ["d.csv", "figures.py", "helper.py"]
    assert run.value("found")["value"] == (1, 2)


def test_tables_and_figures_are_shown_and_asked_for(notebook):
    run = notebook(
        "import pandas as pd\nimport matplotlib.pyplot as plt\ndf = pd.DataFrame({'product': ['tea', 'bread'], 'price': [41.0, 20]})\ndf",
        "df.groupby('product').price.sum().plot.bar(title='Income'); plt.show()\nplt.plot([1, 2], [3, 4], label='b'); plt.legend()\nplt.xlabel('x');",
    )
    shown, drawn = run.all()
    assert "text/html" in shown["outputs"][0]["data"]
    assert [sorted(output["data"]) for output in drawn["outputs"]] == [["image/png", "text/plain"]] * 2
    assert list(run.value("df")["value"].columns) == ["product", "price"]
    first = run.run.ask({"q": "figure", "index": 1})["value"].axes[0]
    assert (first.title, first.bars[0].heights) == ("Income", {"bread": 20.0, "tea": 41.0})
    second = run.run.ask({"q": "figure", "index": 2})["value"].axes[0]
    assert (second.xlabel, second.legend, second.lines) == ("x", ["b"], [([1.0, 2.0], [3.0, 4.0])])
    assert run.run.ask({"q": "figure", "index": 3})["ended"] == "missing"


def test_functions_of_a_notebook_are_called_and_their_mistakes_name_the_cell(notebook):
    run = notebook("def f(n):\n    print('called')\n    return 10 / n")
    run.all()
    answer = run.run.call("f", 5)
    assert (answer["value"], answer["stdout"]) == (2.0, "called\n")
    assert run.run.call("f", 0)["error"]["trace"] == [["Cell In[1]", 3, "return 10 / n"]]
    assert run.run.ask({"q": "cell", "id": "c0"})["value"] == {"stdout": "", "text": "", "error": ""}


def test_what_a_cell_put_out_can_be_asked_as_text(notebook):
    run = notebook("print('a')\n5", "1/0")
    run.all()
    assert run.run.ask({"q": "cell", "id": "c0"})["value"] == {"stdout": "a\n", "text": "5\n", "error": ""}
    assert run.run.ask({"q": "cell", "id": "c1"})["value"]["error"] == "ZeroDivisionError: division by zero"
    assert run.run.ask({"q": "cell", "id": "none"})["ended"] == "missing"


def test_a_notebook_that_patches_its_shell_still_gives_its_honest_values(notebook):
    run = notebook(
        "ip = get_ipython()\nip.showtraceback = lambda *a, **k: None\nip.run_cell = lambda *a, **k: None\nip.input_transformers_cleanup.append(lambda lines: [])\nx = 5"
    )
    run.all()
    assert run.value("x")["value"] == 5


def test_output_is_bounded_and_other_cells_outputs_stay_as_they_are(notebook):
    run = notebook(
        "from IPython.display import display, clear_output\nh = display('first', display_id='d')",
        "for _ in range(60): print('x' * 50000)\n1 / 0",
        "from IPython.display import update_display\nupdate_display('changed', display_id='d'); clear_output()",
        "print('after')",
    )
    first, flood, _, after = run.all()
    assert flood["cut"]
    assert len(texts(flood)) <= 1 << 20
    assert (flood["ended"], flood["outputs"][-1]["ename"]) == ("error", "ZeroDivisionError")
    assert texts(after) == "after\n"
    assert run.run.ask({"q": "cell", "id": "c0"})["value"]["text"] == "'first'\n"
    assert first["outputs"][0]["data"]["text/plain"] == "'first'"


def test_letters_that_take_more_room_on_the_wire_are_bounded_too(notebook):
    run = notebook("for _ in range(40): print('\\x00ə' * 50000)", "print('after')")
    flood, after = run.all()
    assert flood["cut"]
    assert texts(after) == "after\n"


def test_a_cell_can_clear_what_it_has_put_out(notebook):
    run = notebook(
        "from IPython.display import clear_output\nfor n in range(3):\n    clear_output(wait=True)\n    print(n)"
    )
    assert texts(run.cell(0)) == "2\n"


def test_a_kernel_that_dies_is_crashed_from_there_on(notebook):
    run = notebook("x = 1", "import os; os._exit(1)", "x")
    assert [cell["ended"] for cell in run.all()] == ["ok", "crashed", "crashed"]
    assert run.value("x")["ended"] == "crashed"


def test_quit_does_not_end_the_kernel_in_the_middle_of_a_later_cell(notebook):
    run = notebook("quit()", "import time; time.sleep(0.5); x = 1", "exit(5)", "x + 1")
    assert [cell["ended"] for cell in run.all()] == ["ok"] * 4
    assert run.value("x")["value"] == 1


def test_children_of_the_kernel_print_into_the_cell(notebook):
    run = notebook(
        "import os\n!echo shell\nos.write(1, b'raw\\n')\nfrom multiprocessing import Pool\ndef f(x): print('child'); return x\nwith Pool(1) as p: print(p.map(f, [1]))"
    )
    said = texts(run.cell(0))
    for part in ("shell", "raw", "child", "[1]"):
        assert part in said


def test_values_that_lie_are_unsupported_here_too(notebook):
    run = notebook("class A(int):\n    def __eq__(self, o): return True\n    __hash__ = None\nx = A(5)\ny = ...")
    run.all()
    assert isinstance(run.value("x")["value"], codec.Unsupported)
    assert run.value("y")["value"].type == "ellipsis"


def test_a_notebook_of_a_course_is_checked_to_the_end(grade, notebook):
    """The sample course's notebook and its checks."""
    from pathlib import Path

    sample = Path(__file__).parents[2] / "graders/sample_course/tables/sales"
    checks = (sample / "checks.py").read_text()

    def notebook_of(name):
        cells = json.loads((sample / "task.ipynb").read_text())["cells"]
        own = {cell["id"]: cell["source"] for cell in json.loads((sample / name / "task.ipynb").read_text())["cells"]}
        sources = ["".join(own.get(cell["id"], cell["source"])) for cell in cells if cell["cell_type"] == "code"]
        run = notebook(*sources, **{"sales.csv": (sample / "data/sales.csv").read_text()})
        assert [cell["ended"] for cell in run.all()] == ["ok"] * len(sources)
        return run.run

    graded = grade(b"", checks)
    graded.runners = {"answer": notebook_of("solution"), "solution": notebook_of("solution")}
    assert {id: graded.check(id)["status"] for id in graded.ids} == dict.fromkeys(graded.ids, "passed")
    graded.runners["answer"] = notebook("total, best = 62.0, 'bread'").run  # its cell was never run
    assert {id: graded.check(id)["status"] for id in graded.ids} == dict.fromkeys(graded.ids, "failed")
