FILL = "%s%n%(name)s {0.__class__} {name!r:>99} {{ config }} {% raw %} ${x} $(id) \\N{DIGIT ONE} &#x3c;script> %%"


def square(n):
    print(FILL)
    return FILL


class Odd(Exception):
    __qualname__ = FILL

    def __str__(self):
        return FILL


def mirror(text):
    raise Odd(FILL)
