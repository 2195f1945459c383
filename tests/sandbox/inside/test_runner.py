# ruff: noqa: E501 - code of learners and authors stands in one line each
import time

import pytest

from sandbox.inside import codec, frames
from sandbox.model import Ending, Size


def test_a_call_gives_its_value_and_what_it_printed(begin):
    run = begin({"x.py": "print('loading')\ndef f(a, *, b=2):\n    print('called')\n    return (a, [b])\n"})
    answer = run.call("f", 1, b="ə")
    assert answer["ended"] == "value"
    assert answer["value"] == (1, ["ə"])
    assert (answer["loading"], answer["stdout"], answer["cut"]) == ("loading\n", "called\n", False)


def test_an_exception_shows_only_the_learners_own_lines(begin):
    run = begin(
        {"x.py": "import helper\n\ndef f(x):\n    return helper.g(x)\n", "helper.py": "def g(x):\n    return 1 / x\n"}
    )
    answer = run.call("f", 0)
    assert answer["ended"] == "raised"
    error = answer["error"]
    assert (error["type"], error["message"]) == ("ZeroDivisionError", "division by zero")
    assert "ArithmeticError" in error["bases"]
    assert error["trace"] == [["x.py", 4, "return helper.g(x)"], ["helper.py", 2, "return 1 / x"]]


def test_a_syntax_error_names_its_line(begin):
    error = begin({"x.py": "def f(:\n    pass\n"}).call("f")["error"]
    assert error["type"] == "SyntaxError"
    assert error["trace"] == [["x.py", 1, "def f(:"]]


def test_a_deep_recursion_is_an_exception_with_a_short_trace(begin):
    error = begin({"x.py": "def f(n):\n    return f(n + 1)\n"}).call("f", 0)["error"]
    assert error["type"] == "RecursionError"
    assert len(error["trace"]) <= 12


def test_what_is_not_there_is_missing(begin):
    run = begin({"x.py": "class A:\n    pass\na = A()\n"})
    assert run.call("g")["ended"] == "missing"
    assert run.call("a.push")["error"]["message"] == "a.push"
    assert begin({}).call("f")["ended"] == "no_code"
    assert begin({}, main=None).call("f")["ended"] == "no_code"


def test_no_state_passes_from_one_question_to_the_next(begin):
    run = begin(
        {
            "x.py": "import os\nseen = []\ndef f():\n    seen.append(1)\n    open('left', 'w').close()\n    os.makedirs('a/b/c')\n    return len(seen), sorted(os.listdir('.'))\n"
        }
    )
    assert run.call("f")["value"] == run.call("f")["value"] == (1, ["a", "left", "x.py"])


def test_a_folder_nested_too_deep_for_recursion_is_removed(begin):
    code = "import os\ndef f():\n    for _ in range(1500):\n        os.mkdir('d'); os.chdir('d')\n    os.chmod('.', 0)\ndef g():\n    return os.listdir('.')\n"
    run = begin({"x.py": code})
    assert run.call("f")["ended"] == "value"
    assert run.call("g")["value"] == ["x.py"]


@pytest.mark.parametrize(
    ("body", "ended", "code"),
    [
        ("import sys; sys.exit(0)", "exited", 0),
        ("import sys; sys.exit('no')", "exited", 1),
        ("import os; os._exit(0)", "crashed", 0),
        ("import os; os.kill(os.getpid(), 9)", "crashed", -9),
        ("import os; os.abort()", "crashed", -6),
        ("import ctypes; ctypes.string_at(0)", "crashed", -11),
        ("raise KeyboardInterrupt", "raised", None),
        ("import os, signal; [os.kill(os.getppid(), s) for s in (signal.SIGINT,)]", "value", None),
    ],
)
def test_every_way_to_end_has_its_name_and_the_next_question_is_answered(begin, body, ended, code):
    run = begin({"x.py": f"def f():\n    {body}\ndef g():\n    return 5\n"})
    answer = run.call("f")
    assert (answer["ended"], answer["exit"]) == (ended, code)
    assert run.call("g")["value"] == 5


def test_leaving_at_import_is_no_value(begin):
    assert begin({"x.py": "import sys\nsys.exit(0)\ndef f(): return 1\n"}).call("f")["ended"] == "exited"


def test_output_is_kept_to_its_cap_and_a_flood_ends_the_question(begin):
    run = begin(
        {"x.py": "def f(n):\n    print('x' * n)\n    return 1\ndef flood():\n    while True: print('x' * 100000)\n"}
    )
    assert run.call("f", 65535)["cut"] is False
    answer = run.call("f", 300_000)
    assert (answer["value"], len(answer["stdout"]), answer["cut"]) == (1, 65536, True)
    assert run.call("flood")["ended"] == "output_limit"
    assert run.call("f", 1)["stdout"] == "x\n"


def test_prints_of_child_processes_and_bytes_that_are_no_text_are_captured(begin):
    run = begin(
        {
            "x.py": "import os, subprocess, sys\ndef f():\n    subprocess.run([sys.executable, '-c', 'print(7)'])\n    os.write(1, b'\\xff\\x00')\n    print('e', file=sys.stderr)\n"
        }
    )
    answer = run.call("f")
    assert (answer["stdout"], answer["stderr"]) == ("7\n\\xff\x00", "e\n")


def test_a_generator_is_taken_up_to_the_limit(begin):
    run = begin(
        {
            "x.py": "import itertools\ndef f():\n    yield 1\n    yield 2\ndef g():\n    return itertools.count()\ndef h():\n    yield 1\n    raise ValueError\n"
        },
        limits={"items": 5},
    )
    assert run.call("f")["value"] == codec.Taken(items=[1, 2], ended=True)
    assert run.call("g")["value"] == codec.Taken(items=[0, 1, 2, 3, 4], ended=False)
    assert run.call("h")["ended"] == "raised"


def test_steps_keep_their_handles_inside(begin):
    code = "class Stack:\n    def __init__(self): self.items = []\n    def push(self, x): self.items.append(x)\n    def __len__(self): return len(self.items)\n    @property\n    def top(self): return self.items[-1]\n"
    run = begin({"x.py": code})
    one = codec.pack(1)
    lines = [
        {"into": "s", "call": "Stack", "name": None, "args": [], "kwargs": []},
        {"into": None, "call": "s.push", "name": None, "args": [one], "kwargs": []},
    ]
    length = {"into": None, "call": "len", "name": None, "args": [{"name": "s"}], "kwargs": []}
    top = {"into": None, "call": None, "name": "s.top", "args": [], "kwargs": []}
    assert run.ask({"q": "steps", "lines": [*lines, length]})["value"] == 1
    assert run.ask({"q": "steps", "lines": [*lines, top]})["value"] == 1
    assert run.ask({"q": "steps", "lines": [lines[0], top]})["error"]["type"] == "IndexError"
    assert isinstance(run.ask({"q": "steps", "lines": lines[:1]})["value"], codec.Unsupported)


def test_a_program_reads_prints_writes_and_leaves(begin):
    code = "import sys\nprint(sys.argv, __name__, input(), open('in.txt').read())\nopen('out.txt', 'w').write('done')\nsys.exit(3)\n"
    answer = begin({"x.py": code}, mode="program").program(
        "a", stdin="ə\n".encode(), files={"in.txt": b"data"}, read=["out.txt", "none"]
    )
    assert (answer["ended"], answer["exit"]) == ("exited", 3)
    assert answer["stdout"] == "['x.py', 'a'] __main__ ə data\n"
    assert answer["files"] == {"out.txt": b"done"}


def test_a_program_that_raises_and_one_that_reads_too_much(begin):
    answer = begin({"x.py": "print('before')\n1/0\n"}, mode="program").program()
    assert (answer["ended"], answer["exit"], answer["stdout"]) == ("raised", 1, "before\n")
    assert answer["error"]["trace"] == [["x.py", 2, "1/0"]]
    assert begin({"x.py": "input()"}, mode="program").program()["error"]["type"] == "EOFError"


def test_a_program_runs_its_threads_and_farewells_to_the_end(begin):
    code = "import atexit, threading, time\natexit.register(print, 'bye')\nthreading.Thread(target=lambda: (time.sleep(0.05), print('late'))).start()\n"
    assert begin({"x.py": code}, mode="program").program()["stdout"] == "late\nbye\n"


def test_a_program_that_leaves_the_hard_way_has_its_exit_code(begin):
    answer = begin({"x.py": "import os\nprint('x', flush=True)\nos._exit(4)"}, mode="program").program()
    assert (answer["ended"], answer["exit"], answer["stdout"]) == ("exited", 4, "x\n")


def test_links_pipes_and_folders_are_not_read_back(begin):
    code = "import os\nos.symlink('/etc/passwd', 'link')\nos.mkfifo('pipe')\nos.mkdir('folder')\nos.truncate(os.open('big', os.O_CREAT | os.O_RDWR), 9 << 20)\nopen('good', 'w').write('ok')\n"
    answer = begin({"x.py": code}, mode="program").program(
        read=["link", "pipe", "folder", "big", "good", "../x", "/etc/passwd"]
    )
    assert answer["files"] == {"good": b"ok"}


def test_a_learners_file_may_be_called_like_a_module_of_the_library_or_of_ours(begin):
    run = begin({"random.py": "import statistics\ndef f():\n    return 1\n"}, main="random.py")
    assert run.call("f")["value"] == 1
    run = begin(
        {
            "x.py": "import figures, process, json\ndef f():\n    return figures.a, process.a\n",
            "figures.py": "a = 1",
            "process.py": "a = 2",
        }
    )
    assert run.call("f")["value"] == (1, 2)


def test_our_folder_is_not_where_learners_look_for_modules(begin):
    run = begin(
        {
            "x.py": "import sys\ndef f():\n    return [p for p in sys.path if 'runner' in p], sys.path[0].startswith('/tmp')\n"
        }
    )
    assert run.call("f")["value"] == ([], True)


def test_pools_threads_and_subprocesses_work(begin):
    code = "import multiprocessing\ndef square(x): return x * x\ndef f():\n    with multiprocessing.Pool(2) as pool:\n        return pool.map(square, [1, 2])\n"
    assert begin({"x.py": code}).call("f")["value"] == [1, 4]


def test_patched_builtins_change_only_their_own_question(begin):
    run = begin(
        {
            "x.py": "import builtins, json\ndef f():\n    builtins.isinstance = lambda *a: True\n    builtins.type = lambda *a: int\n    json.dumps = lambda *a, **k: '{}'\n    return 1\ndef g():\n    return 2\n"
        }
    )
    assert run.call("f")["ended"] in ("crashed", "tampered")
    assert run.call("g")["value"] == 2


def test_a_value_that_is_too_large_says_so(begin):
    run = begin({"x.py": "def f():\n    return 'x' * (100 << 20)\ndef g():\n    return ['\\x00' * 1000] * 3000\n"})
    assert run.call("f")["value"].why == "large"
    assert run.call("g")["value"].why == "large"


def test_plots_come_as_pictures_and_as_data(begin):
    code = "import matplotlib.pyplot as plt\nplt.bar(['tea', 'bread'], [41, 20]); plt.title('Income'); plt.show()\nplt.plot([1, 2], [3, 4])\ndef f():\n    return 1\n"
    run = begin({"x.py": code})
    answer = run.call("f")
    assert len(answer["plots"]) == 2
    figure = run.ask({"q": "figure", "index": 1})["value"]
    assert figure.axes[0].title == "Income"
    assert figure.axes[0].bars[0].heights == {"tea": 41.0, "bread": 20.0}
    assert run.ask({"q": "figure", "index": 2})["value"].axes[0].lines == [([1.0, 2.0], [3.0, 4.0])]
    assert run.ask({"q": "figure", "index": 3})["ended"] == "missing"


def test_pyplot_is_there_whole_but_for_the_lists_of_properties_in_its_help(begin):
    code = """import matplotlib.pyplot as plt
from matplotlib.artist import kwdoc
def f():
    return "zorder" in plt.plot.__doc__, "Plot y versus x" in plt.plot.__doc__, "zorder" in kwdoc(plt.Line2D)
def g():
    line, = plt.plot([1, 2])
    line.set(zorder=7, linewidth=2)
    return line.get_zorder()
"""
    run = begin({"x.py": code})
    assert run.call("f")["value"] == (False, True, True)
    assert run.call("g")["value"] == 7


def test_a_fresh_process_for_a_question_takes_milliseconds(begin):
    run = begin({"x.py": "def f():\n    return 1\n"})
    run.call("f")
    began = time.perf_counter()
    for _ in range(50):
        run.call("f")
    assert (time.perf_counter() - began) / 50 < 0.05


def test_a_spinning_question_is_ended_from_outside(begin):
    run = begin({"x.py": "def f():\n    while True: pass\n"})
    answer = run.ask({"q": "call", "name": "f", "args": [], "kwargs": []}, cpu_seconds=0.3)
    assert answer["ended"] == Ending.TIMED_OUT


def test_a_second_begin_ends_the_runner(begin):
    box = begin({"x.py": ""}).box
    reply = box.ask({"do": "begin", "run": "other", "mode": "function", "files": []}, cpu_seconds=5)
    assert reply.ended == Ending.CRASHED


def test_bye_waits_for_the_host_to_close(boxes):
    with boxes.runner(size=Size.SMALL, mode="function", seconds=5) as box:
        box._process.stdin.write(frames.encode({"do": "bye"}))
        time.sleep(0.1)
        assert box.alive
        box._process.stdin.close()
        assert box._process.wait(5) == 0


def test_a_runner_ends_with_its_host_even_while_code_runs(boxes, begin):
    run = begin({"x.py": "import time\ndef f():\n    time.sleep(100)\n"})
    run.box._process.stdin.write(
        frames.encode({"do": "ask", "run": "r", "seq": 1, "nonce": "n"}, b'{"q":"call","name":"f"}')
    )
    time.sleep(0.2)
    run.box._process.stdin.close()
    assert run.box._process.wait(5) == 0


def test_slow_packages_are_imported_once_and_only_if_the_code_imports_them(begin):
    code = "import sys\ndef f():\n    return sorted({'numpy', 'pandas'} & set(sys.modules))\n"
    assert begin({"x.py": code}).call("f")["value"] == []
    run = begin({"x.py": f"import numpy as np\n{code}"})
    assert run.call("f")["value"] == ["numpy"]
    own = begin({"x.py": f"import numpy\n{code.replace('sorted', 'numpy.a or sorted')}", "numpy.py": "a = 7"})
    assert own.call("f")["value"] == 7
