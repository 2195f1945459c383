import ctypes
import os
import signal


def square(n):
    os.kill(os.getpid(), signal.SIGKILL)


def mirror(text):
    os.abort()


def evens(numbers):
    ctypes.string_at(0)
