import ctypes
import os
import sys

MARK = "left-behind"


def traces():
    for folder in ("/box", "/tmp", "/dev/shm", "/var/tmp", "/run", "/dev/mqueue"):
        for path, folders, files in os.walk(folder):
            yield from [f"{path}/{name}" for name in files + folders if MARK in name]
    if MARK in repr(dict(os.environ)) + repr(sys.argv) + repr(sys.modules.keys()):
        yield "environment"
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline") as file:
                if MARK in file.read():
                    yield f"process {pid}"
        except OSError:
            pass
    if ctypes.CDLL(None).syscall(29, 0x6D61726B, 1, 0) != -1:
        yield "shared memory"
    if ctypes.CDLL(None).syscall(250, 10, -3, b"user", b"left-behind", 0) != -1:
        yield "key"


def square(n):
    return list(traces()) or n * n


def mirror(text):
    return text[::-1]


def evens(numbers):
    return [number for number in numbers if number % 2 == 0]
