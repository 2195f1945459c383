FOLDED = "FOLDED = (((('a' * 4000) * 4000) * 4000) * 4000,) * 10 ** 8 if False else 0\n"
FILES = {"work.py": (FOLDED + "x = " + "-" * 100_000 + "(" * 50_000 + "1" + ")" * 50_000 + "\n").encode()}
