class Endless(Exception):
    def __str__(self):
        return "x" * 10**7

    @property
    def args(self):
        raise self


class Meta(type):
    __mro__ = property(lambda cls: 1 / 0)
    __name__ = property(lambda cls: 1 / 0)


class Sneaky(Exception, metaclass=Meta):
    def __str__(self):
        raise SystemExit(0)


def square(n):
    raise Endless


def mirror(text):
    raise Sneaky(text)


def evens(numbers):
    error = SyntaxError("x")
    error.msg = error.text = error.filename = error.lineno = numbers
    error.__cause__ = error.__context__ = error
    raise ExceptionGroup("many", [ValueError(n) for n in range(100_000)]) from error
