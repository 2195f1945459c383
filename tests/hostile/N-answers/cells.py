# %% total
total = -1
kernel = get_ipython().kernel
answers = iter([{"answer": {"ended": "value"}}, {}, {"answer": None}, {"answer": "x" * (6 << 20)}])


async def forged(stream, ident, parent):
    for content in [next(answers, {"answer": ["x"]})] * 2:
        kernel.session.send(stream, "bilik_reply", content, parent, ident=ident)


kernel.shell_handlers["bilik_ask"] = forged
# %% change
def change(given, price): ...
# %% label
def label(name): ...
