def test_a_call_gives_its_value_and_what_it_printed(begin):
    run = begin({"x.py": "print('loading')\ndef f(a, *, b=2):\n    print('called')\n    return (a, [b])\n"})
    answer = run.call("f", 1, b="ə")
    assert answer["ended"] == "value"
    assert answer["value"] == (1, ["ə"])
    assert (answer["loading"], answer["stdout"], answer["cut"]) == ("loading\n", "called\n", False)
