# ruff: noqa: E501 - code of learners and authors stands in one line each
import json

import numpy as np  # noqa: F401 - named in texts that are evaluated
import pandas as pd
import pytest

from sandbox.inside import codec
from sandbox.inside.notes import NOTES, worded

START = "from checks import answer, check, rng, solution\n"


def written(*lines):
    """A checks.py with one check of these lines."""
    return START + "@check(points=1)\ndef one():\n" + "".join(f"    {line}\n" for line in lines)


def said(result):
    return [worded(note["key"], note["params"]) for note in result["notes"]]


def answer_of(value):
    """The bytes of an answer with this value."""
    return json.dumps({"ended": "value", "value": codec.pack(value)}).encode()


def test_a_right_answer_passes_and_shows_how_it_was_asked(grade):
    result = grade(
        "def f(a, b=1):\n    print('x')\n    return a + b\n", written("answer.call('f', 2, b=3).equals(5)")
    ).only()
    assert (result["status"], result["earned"]) == ("passed", 1)
    assert (result["call"], result["got"], result["stdout"]) == ("f(2, b=3)", "5", "x\n")


@pytest.mark.parametrize(
    ("expected", "given", "words"),
    [
        ("[1, 2]", "(1, 2)", "The right values, in a tuple; a list was asked."),
        ("[1, 2]", "[1, 3]", "At [1]: 3 was given, 2 was asked."),
        ("[1, 2]", "[2, 1]", "The right values, in another order."),
        ("[1, 2]", "[1]", "Items given: 1; asked: 2."),
        ("1", "1.0", "The right value, as a float; an int was asked."),
        ("1", "True", "The right value, as a bool; an int was asked."),
        ("'5'", "5", "The right value, as an int; a str was asked."),
        ("5", "6", "The value is another one."),
        ("5", "None", "`None` was given: is a `return` missing?"),
        ("5", "'a'", "A str was given; an int was asked."),
        ("'LM'", "'lm'", "Only capital and small letters differ."),
        ("'a b'", "'ab'", "Only blanks and line breaks differ."),
        ("{'a': 1}", "{'b': 1}", "Keys are missing: 'a'."),
        ("{'a': 1}", "{'a': 1, 'b': 2}", "There are keys that were not asked: 'b'."),
        ("{'a': [1]}", "{'a': [2]}", "At ['a'][0]: 2 was given, 1 was asked."),
        ("{1, 2}", "{1}", "Items are missing: 2."),
        ("[1]", "iter([1])", "The right values, in an iterator; a list was asked."),
        ("[1]", "{1: 2}.keys()", "A dict_keys cannot be compared: give back plain values."),
        ("5", "len", "A function was given back, not its result: are the parentheses of the call missing?"),
        ("5", "...", "`...` is still there: put your own code in its place."),
    ],
)
def test_what_differs_is_said_in_words(grade, expected, given, words):
    value = codec.Taken(items=[1], ended=True) if given == "iter([1])" else eval(given)
    result = grade(answer_of(value), written(f"answer.call('f').equals({expected})")).only()
    assert result["status"] in ("failed", "wrong_type")
    assert (result["earned"], said(result)) == (0, [words])


def test_a_text_that_differs_comes_with_a_difference_in_visible_blanks(grade):
    result = grade(
        "def f():\n    return 'one two\\nthree'\n", written("answer.call('f').equals('one  two\\nthree')")
    ).only()
    assert result["difference"] == [["same", "one"], ["expected", "·"], ["same", " two\nthree"]]
    assert (result["expected"], result["got"]) == (repr("one  two\nthree"), repr("one two\nthree"))


@pytest.mark.parametrize(
    "value",
    [
        "np.int64(5)",
        "np.float64(5.0)",
        "np.bool_(True)",
        "np.str_('a')",
        "[np.int64(5)]",
        "{np.int64(1): np.float64(2)}",
    ],
)
def test_a_scalar_of_numpy_equals_pythons_number(grade, value):
    plain = {"np.int64(5)": "5", "np.float64(5.0)": "5.0", "np.bool_(True)": "True", "np.str_('a')": "'a'"}
    plain |= {"[np.int64(5)]": "[5]", "{np.int64(1): np.float64(2)}": "{1: 2.0}"}
    result = grade(answer_of(eval(value)), written(f"answer.call('f').equals({plain[value]})")).only()
    assert (result["status"], said(result)) == ("passed", [])


LIARS = {
    "F01": "class A:\n    def __eq__(self, o): return True\n    def __ne__(self, o): return False\nx = A()",
    "F02": "class A:\n    __class__ = int\n    def __eq__(self, o): return True\nx = A()",
    "F03": "class A(int):\n    def __eq__(self, o): return True\n    def __abs__(self): return 0\n    __hash__ = None\nx = A(7)",
    "F04": "import numpy\nclass A(numpy.float64):\n    def __rsub__(self, o): return 0\n    def __lt__(self, o): return True\nx = A(7)",
    "F06": "class A(list):\n    def __iter__(self): return iter([5])\n    def __len__(self): return 1\nx = A()",
    "F08": "import pandas\nclass A(pandas.DataFrame):\n    def equals(self, o): return True\nx = A()",
    "F29a": "x = []\nx.append(x)",
    "F29b": "x = []\nfor _ in range(10**5): x = [x]",
    "F30": "x = 10 ** 5000",
    "F27a": "import json\nx = json",
    "F27b": "x = open('/dev/null')",
    "F27c": "async def g(): pass\nx = g()",
    "F32": "import numpy\nclass A:\n    def __reduce__(self): return (print, ('run',))\nx = numpy.array([A()], dtype=object)[0]",
    "F35": "class A:\n    def __getattr__(self, name): return 5\nx = A()",
}


@pytest.mark.parametrize("name", LIARS)
def test_a_value_that_lies_about_itself_is_of_the_wrong_type(grade, name):
    names = {}
    exec(LIARS[name], names)
    for comparison in ("equals(5)", "close_to(5.0)"):
        result = grade(answer_of(names["x"]), written(f"answer.call('f').{comparison}")).only()
        assert (result["status"], result["earned"]) == ("wrong_type", 0)


def test_nan_is_near_no_number_and_an_argument_changed_is_no_result(grade):
    nan = grade("def f():\n    return float('nan')\n", written("answer.call('f').close_to(5.0)")).only()
    assert nan["status"] == "failed"
    changed = grade("def f(x):\n    x.sort()\n", written("answer.call('f', [2, 1]).equals([1, 2])")).only()
    assert said(changed) == ["`None` was given: is a `return` missing?"]


@pytest.mark.parametrize(
    "forged",
    [
        b"", b"{}", b"[]", b"null", b'{"ended":"passed"}', b'{"ended":"value","value":5}', b'{"ended":"value","value":["i","5"],"score":10}',
        b'{"ended":"value","value":["na","|O",["1"],""]}', b'{"ended":"value","value":["na","<i8",["4611686018427387904"],""]}',
        b'{"ended":"value","value":["i","5"],"value":["i","5"]}', b'{"ended":"value","value":null,"plots":["%"]}',
        b'{"ended":"raised","error":{"type":"ValueError","verdict":"passed"}}', b'{"ended":["value"]}', b"\xff" * 100, b"[" * 10000,
    ],
)  # fmt: skip
def test_a_forged_answer_is_tampered_and_worth_nothing(grade, forged):
    for comparison in ("equals(5)", "raises(ValueError)", "equals(None)"):
        result = grade(forged, written(f"answer.call('f').{comparison}")).only()
        assert (result["status"], result["earned"]) == ("tampered", 0)


def test_a_right_value_that_was_forged_is_worth_what_returning_it_is(grade):
    assert grade(answer_of(5), written("answer.call('f').equals(5)")).only()["status"] == "passed"


@pytest.mark.parametrize("ended", ["timed_out", "out_of_memory", "output_limit", "crashed", "tampered"])
def test_what_the_host_says_of_the_end_is_the_status(grade, ended):
    forged = json.dumps({"ended": ended}).encode()
    result = grade(forged, written("answer.call('f').equals(5)")).only()
    assert (result["status"], result["notes"]) == (ended, [{"key": f"ended.{ended}", "params": {}}])


def test_an_exception_of_the_learner_is_an_error_with_its_trace(grade):
    result = grade("def f():\n    return {}['key']\n", written("answer.call('f').equals(5)")).only()
    assert (result["status"], result["error"], result["trace"]) == (
        "error",
        "KeyError: 'key'",
        [["x.py", 2, "return {}['key']"]],
    )


def test_raises_takes_a_class_and_those_below_it(grade):
    code = "class Mine(ValueError): pass\ndef f(n):\n    if n: raise Mine('too small')\n    return 7\n"
    assert grade(code, written("answer.call('f', 1).raises(ValueError)")).only()["status"] == "passed"
    assert (
        grade(code, written("answer.call('f', 1).raises('ValueError', message='small')")).only()["status"] == "passed"
    )
    other = grade(code, written("answer.call('f', 1).raises(KeyError)")).only()
    assert said(other) == ["Mine came out; KeyError was asked."]
    assert said(grade(code, written("answer.call('f', 0).raises(KeyError)")).only()) == [
        "No exception came out, but 7; KeyError was asked."
    ]


def test_the_solution_gives_what_is_expected(grade):
    checks = written("answer.call('f', 3).equals(solution.call('f', 3))")
    solution = "def f(n):\n    if n > 2: raise ValueError\n    return n\n"
    assert grade("def f(n): raise ValueError\n", checks, solution=solution).only()["status"] == "passed"
    assert grade("def f(n): return n\n", checks, solution=solution).only()["status"] == "failed"
    graded = grade("def f(n): return [n]\n", checks, solution="def f(n): return [n]\n")
    assert graded.only()["status"] == "passed"
    assert [of for of, _ in graded.asked] == ["solution", "answer"] or [of for of, _ in graded.asked] == [
        "answer",
        "solution",
    ]


def test_close_to_takes_any_number_at_any_depth(grade):
    code = "import numpy as np\nfrom fractions import Fraction\ndef f(): return {'a': [1, Fraction(1, 3)], 'b': np.float32(0.5)}\n"
    assert (
        grade(code, written("answer.call('f').close_to({'a': [1.0, 0.3333333333333333], 'b': 0.5})")).only()["status"]
        == "passed"
    )
    assert (
        grade("def f(): return 1.01\n", written("answer.call('f').close_to(1, abs=0.02)")).only()["status"] == "passed"
    )
    assert grade("def f(): return True\n", written("answer.call('f').close_to(1)")).only()["status"] == "failed"
    assert grade("def f(): return 2\n", written("answer.call('f').close_to(1.5, rel=0.1)")).only()["status"] == "failed"


def test_satisfies_looks_at_the_value_and_forgives_one_it_cannot_look_at(grade):
    checks = written("answer.call('f').satisfies(lambda x: x > 3, 'more than three')")
    assert grade("def f(): return 4\n", checks).only()["status"] == "passed"
    assert said(grade("def f(): return 3\n", checks).only()) == ["More than three"]
    assert grade("def f(): return 'a'\n", checks).only()["status"] == "failed"


def test_prints_compares_what_the_call_printed(grade):
    code = "print('loading')\ndef f():\n    print('a  ')\n    print('b')\n"
    assert grade(code, written("answer.call('f').prints('a\\r\\nb')")).only()["status"] == "passed"
    result = grade(code, written("answer.call('f').prints('a\\nc')")).only()
    assert said(result) == ["Line 2 differs."]
    assert result["stdout"] == "loading\na  \nb\n"


def test_steps_are_played_from_lines(grade):
    code = "class Stack:\n    def __init__(self): self.items = []\n    def push(self, x): self.items.append(x)\n    def pop(self): return self.items.pop()\n"
    checks = written(
        "answer.steps(['s = Stack()', 's.push([1, 2])', 't = s', 't.pop()']).equals([1, 2])",
        "answer.steps(['s = Stack()', 'len(s.items)']).equals(0)",
    )
    result = grade(code, checks).only()
    assert result["status"] == "passed"
    assert result["call"] == "s = Stack()\nlen(s.items)"


def test_programs_are_compared_as_text_as_words_and_as_numbers(grade):
    code = "print('total:', 3.14159)\nprint('x  ')\nopen('out.txt', 'w').write('done\\n')\n"
    lines = [
        "run = answer.program(stdin='1', read=['out.txt'])",
        "run.prints('total: 3.14159\\nx')",
        "run.prints('total: 3.14159 x', compare='tokens')",
        "run.prints('total: 3.14 x', compare='numbers', abs=0.01)",
        "run.writes('out.txt', 'done').exits(0)",
        "run.stdout.satisfies(lambda text: 'total' in text)",
    ]
    assert grade(code, written(*lines), mode="program").only()["status"] == "passed"
    words = grade(code, written("answer.program().prints('total: 3 x', compare='tokens')"), mode="program").only()
    assert said(words) == ["Word 2 is 3.14159; 3 was asked."]
    assert said(grade(code, written("answer.program().exits(3)"), mode="program").only()) == [
        "The exit code is 0; 3 was asked."
    ]
    assert said(grade(code, written("answer.program().writes('a', 'b')"), mode="program").only()) == [
        "The file a was not written."
    ]


def test_a_program_that_prints_right_and_leaves_with_a_code_passes_unless_the_code_is_asked(grade):
    code = "import sys\nprint(5)\nsys.exit(3)\n"
    assert grade(code, written("answer.program().prints('5')"), mode="program").only()["status"] == "passed"
    assert grade("print(5)\n1/0\n", written("answer.program().prints('5')"), mode="program").only()["status"] == "error"


TABLE = "import pandas as pd, numpy as np\ndef f():\n    return {}\n"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("pd.DataFrame({'a': [1, 2], 'b': ['x', 'y']})", []),
        ("pd.DataFrame({'a': [1, 3], 'b': ['x', 'y']})", ["In ['a'], row 1: 3 was given, 2 was asked."]),
        ("pd.DataFrame({'a': [1.0, 2.0], 'b': ['x', 'y']})", ["The content of ['a'] is float; int was asked."]),
        ("pd.DataFrame({'a': [1, 2]})", ["Columns are missing: 'b'."]),
        ("pd.DataFrame({'b': ['x', 'y'], 'a': [1, 2]})", ["The columns stand in another order; asked was 'a', 'b'."]),
        ("pd.DataFrame({'a': [1], 'b': ['x']})", ["The shape is 1 × 2; 2 × 2 was asked."]),
        ("pd.DataFrame({'a': [1, 2], 'b': ['x', 'y']}, index=[1, 0])", ["The right row labels, in another order."]),
        ("pd.DataFrame({'a': [1, 2], 'b': ['x', 'y']}, index=[5, 6])", ["Row 0 is labelled 5; 0 was asked."]),
        ("pd.DataFrame({'a': [1, 2], 'b': pd.Series(['x', 'y'], dtype=object)})", []),
        ("[1, 2]", ["A list was given; a DataFrame was asked."]),
    ],
)  # fmt: skip
def test_tables_say_where_they_differ(grade, given, words):
    checks = "import pandas as pd\n" + written("answer.call('f').equals(pd.DataFrame({'a': [1, 2], 'b': ['x', 'y']}))")
    result = grade(answer_of(eval(given)), checks).only()
    assert said(result) == words
    assert result["status"] == ("failed" if words else "passed")


def test_series_arrays_and_near_tables(grade):
    pandas = "import pandas as pd, numpy as np\n"
    assert (
        grade(
            TABLE.format("pd.Series({'a': 1.0000001})"),
            pandas + written("answer.call('f').close_to(pd.Series({'a': 1}), rel=1e-3)"),
        ).only()["status"]
        == "passed"
    )
    result = grade(
        TABLE.format("np.array([[1, 2], [3, 5]])"),
        pandas + written("answer.call('f').equals(np.array([[1, 2], [3, 4]]))"),
    ).only()
    assert said(result) == ["At [1, 1]: 5 was given, 4 was asked."]
    result = grade(TABLE.format("pd.Series([1, 2])"), written("answer.call('f').equals([1, 2])")).only()
    assert said(result) == ["The right values, in a Series; a list was asked."]
    shuffled = pandas + written("answer.call('f').equals(pd.DataFrame({'a': [1, 2]}), any_order=True, index=False)")
    assert grade(TABLE.format("pd.DataFrame({'a': [2, 1]}, index=[7, 8])"), shuffled).only()["status"] == "passed"


def test_a_figure_is_compared_part_by_part(grade):
    code = "import matplotlib.pyplot as plt\nplt.bar(['tea', 'bread'], [41, 20]); plt.title('Income'); plt.xlabel('p')\nplt.show()\n"
    lines = [
        "axes = answer.figure(1).axes[0]",
        "axes.title.is_not('')",
        "axes.bars.close_to({'tea': 41.0, 'bread': 20.0})",
        "axes.xlabel.equals('p')",
    ]
    result = grade(code, written(*lines)).only()
    assert (result["status"], result["call"]) == ("passed", "figure 1 axes 1 xlabel")
    result = grade(code, written("answer.figure(1).axes[0].ylabel.is_not('')")).only()
    assert said(result) == ["The value is still ''."]
    assert said(grade(code, written("answer.figure(1).axes[1].title.equals('')")).only()) == [
        "The figure has 1 pairs of axes: too few."
    ]
    assert grade(code, written("answer.figure(2).axes[0].title.equals('')")).only()["status"] == "failed"


@pytest.mark.parametrize(
    "lines",
    [
        ["pass"],
        ["1 / 0"],
        ["answer.call('f').equals(5)", "raise KeyError('mine')"],
        ["answer.call('f') == 5"],
        ["if answer.call('f'): pass"],
        ["answer.call('f').equals(len)"],
        ["answer.call('f').equals(solution.call('missing'))"],
        ["answer.call('f').equals(5)", "return 1e308"],
        ["answer.call('f').equals(5)", "return float('nan')"],
        ["answer.call('f').equals(5)", "return -5"],
        ["answer.call('f').equals(5)", "return '100'"],
        ["import sys; sys.exit(0)"],
    ],
)
def test_an_authors_mistake_is_the_authors_and_not_the_learners(grade, lines):
    result = grade("def f(): return 5\n", written(*lines), solution="def f(): return 5\n").only()
    assert (result["status"], result["earned"]) == ("checker_error", 0)
    assert (
        result["staff"]
        .splitlines()[-1]
        .startswith(("probes.AuthorError: ", "ZeroDivisionError", "KeyError", "SystemExit"))
    )
    assert "submission.py" not in result["staff"]


def test_a_check_can_give_a_part_of_its_points(grade):
    result = grade("def f(): return 5\n", written("answer.call('f').equals(5)", "return 0.5")).only()
    assert (result["status"], result["earned"]) == ("failed", 0.5)


def test_an_authors_except_does_not_hide_a_failure(grade):
    checks = written("try:", "    answer.call('f').equals(6)", "except Exception:", "    pass")
    assert grade("def f(): return 5\n", checks).only()["status"] == "failed"


def test_a_file_of_checks_that_does_not_load_is_broken_and_the_checker_lives(grade):
    graded = grade("def f(): return 5\n", "from checks import answer\n1 / 0\n")
    assert "ZeroDivisionError" in graded.broken
    assert grade("def f(): return 5\n", written("answer.call('f').equals(5)")).only()["status"] == "passed"


def test_a_fork_that_dies_is_broken_and_the_checker_lives(grade):
    graded = grade("def f(): return 5\n", written("import os; os.kill(os.getpid(), 9)"))
    assert graded.only()["status"] == "broken"
    assert grade("def f(): return 5\n", written("answer.call('f').equals(5)")).only()["status"] == "passed"


def test_a_file_of_checks_that_counts_its_calls_says_one_twice(grade):
    checks = START + (
        "import json, os\ncount = 0\n@check(points=1)\ndef one():\n    global count\n    count += 1\n    json.mine = getattr(json, 'mine', 0) + 1\n"
        "    open('seen', 'a').write('x')\n    answer.call('f').equals([count, json.mine, len(open('seen').read()), rng.random()])\n"
    )
    first = grade(answer_of([1, 1, 1]), checks).only()
    second = grade(answer_of([1, 1, 1]), checks).only()
    assert first["expected"] == second["expected"]
    assert first["expected"].startswith("[1, 1, 1, 0.")


def test_random_numbers_come_from_the_seed(grade):
    checks = written("answer.call('f').equals(rng.randint(0, 10**9))")
    drawn = [grade(answer_of(None), checks, seed=seed).only()["expected"] for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_declared_checks_come_first_and_are_played(grade):
    one = codec.pack(1)
    call = {"q": "call", "name": "f", "args": [one], "kwargs": []}
    entries = {
        "gives": {"is": "gives", "value": codec.pack((1, 2))},
        "near": {"is": "close_to", "value": codec.pack([1.0, 2.0]), "rel": "1e-09", "abs": "0.0"},
        "raises": {"is": "raises", "name": "ValueError"},
        "prints": {"is": "prints", "text": "hello"},
        "solution": {"is": "solution"},
        "shows": {"is": "shows"},
    }
    checks = [{"id": id, "shown": "f(1)", "question": call, "expect": expect} for id, expect in entries.items()]
    code = "def f(n):\n    print('hello')\n    return [n, 2]\n"
    graded = grade(code, checks, solution=code)
    assert graded.ids == list(entries)
    statuses = {id: graded.check(id)["status"] for id in graded.ids}
    assert statuses == {
        "gives": "failed",
        "near": "passed",
        "raises": "failed",
        "prints": "passed",
        "solution": "passed",
        "shows": "passed",
    }
    printing = grade("def f(n): print('other')\n", checks[4:5], solution="def f(n): print('this')\n").only()
    assert printing["status"] == "failed"


def test_declared_programs(grade):
    question = {"q": "program", "args": [], "stdin": "", "files": [], "read": []}

    def run(code, solution="", **expect):
        entry = {
            "is": "program",
            "stdout": None,
            "compare": "text",
            "rel": "1e-09",
            "abs": "0.0",
            "exit_code": None,
            "writes": {},
        }
        checks = [{"id": "p", "shown": "x.py", "question": question, "expect": entry | expect}]
        return grade(code, checks, solution=solution, mode="program").only()["status"]

    assert run("print(5)", stdout="5\n") == "passed"
    assert run("print(6)", stdout="5\n") == "failed"
    assert run("print(5)", solution="print(5)") == "passed"
    assert run("print(6)", solution="print(5)") == "failed"
    assert run("import sys; sys.exit(3)", exit_code=3) == "passed"
    assert run("print(5.0001)", stdout="5", compare="numbers", rel="0.001") == "passed"


def test_texts_are_bounded_and_what_is_unseen_is_made_visible(grade):
    code = "def f():\n    print('\\x1b[31mred\\x1b[0m \\u202e \\x00' + 'x' * 20000)\n    return 'y' * 100000\n"
    result = grade(code, written("answer.call('f').equals('')")).only()
    assert result["stdout"].startswith("red ⟨U+202E⟩ ␀xxx")
    assert max(len(result[key] or "") for key in ("stdout", "got", "expected")) <= 8192


def test_every_note_a_check_can_write_has_words():
    import re
    from pathlib import Path

    import sandbox

    source = "".join(path.read_text() for path in (Path(sandbox.__file__).parent / "images/checker").glob("*.py"))
    used = set(
        re.findall(
            r'"((?:equals|table|text|tokens|prints|raises|writes|exits|figure|is_not|satisfies|output)\.[a-z_]+)"',
            source,
        )
    )
    assert used <= set(NOTES)
    assert {f"ended.{name}" for name in ("raised", "exited", "missing", "no_code", "no_exit")} <= set(NOTES)


def test_pictures_are_encoded_anew_and_what_is_none_is_left_out(grade):
    import base64
    import io

    import PIL.Image
    import PIL.PngImagePlugin

    target, about = io.BytesIO(), PIL.PngImagePlugin.PngInfo()
    about.add_text("comment", "<script>")
    PIL.Image.new("RGB", (10, 10)).save(target, "PNG", pnginfo=about)
    png = target.getvalue()
    outputs = [
        {
            "output_type": "display_data",
            "data": {"image/png": base64.b64encode(png).decode(), "text/plain": "<Figure>"},
            "metadata": {},
        },
        {"output_type": "display_data", "data": {"image/png": base64.b64encode(b"<svg>").decode()}, "metadata": {}},
        {
            "output_type": "display_data",
            "data": {"image/svg+xml": "<svg onload=x>", "text/html": "<script>"},
            "metadata": {},
        },
        {"output_type": "stream", "name": "stdout", "text": ["\x1b[1mbold\x1b[0m\n", "10%\r20%\rdone"]},
        {"output_type": "execute_result", "data": {"text/plain": "5", "text/html": "<b>5</b>"}, "metadata": {}},
    ]
    graded = grade(answer_of(1), written("answer.call('f').equals(1)"))
    found = graded.outputs(json.dumps({"outputs": outputs, "ended": "ok"}).encode())
    assert found["ended"] == "ok"
    assert [output["is"] for output in found["outputs"]] == ["image", "other", "other", "other", "text", "text"]
    assert b"script" not in base64.b64decode(found["outputs"][0]["png"])
    assert found["outputs"][4]["text"] == "bold\ndone"
    for forged in (b"", b"[]", b'{"outputs":[5],"ended":"ok"}', b'{"outputs":[],"ended":5}', b"\xff"):
        assert graded.outputs(forged) == {"ended": "tampered", "outputs": [], "cut": False}


def test_a_table_of_pandas_becomes_rows(grade):
    html = pd.DataFrame({"product": ["tea", "<b>"], "price": [20.5, 8]})._repr_html_()
    graded = grade(answer_of(1), written("answer.call('f').equals(1)"))
    body = {
        "outputs": [{"output_type": "execute_result", "data": {"text/html": html, "text/plain": "x"}, "metadata": {}}],
        "ended": "ok",
    }
    table = graded.outputs(json.dumps(body).encode())["outputs"][0]
    assert table == {
        "is": "table",
        "columns": ["", "product", "price"],
        "rows": [["0", "tea", "20.5"], ["1", "<b>", "8.0"]],
        "cut": False,
    }


def test_an_answer_becomes_outputs_for_a_run(grade, begin):
    graded = grade(answer_of(1), written("answer.call('f').equals(1)"))
    program = begin({"x.py": "print('a')\n1/0\n"}, mode="program")
    reply = program.box.ask(
        {"do": "ask", "run": "r", "seq": 1, "nonce": "n"}, b'{"q":"program","args":[]}', cpu_seconds=5
    )
    found = graded.outputs(reply.body)
    assert found["ended"] == "raised"
    assert found["outputs"][0] == {"is": "text", "name": "stdout", "text": "a\n"}
    assert found["outputs"][1]["trace"] == [["x.py", 2, "1/0"]]
