import ctypes
import os
import subprocess
import sys

MARK = "left-behind"


def square(n):
    os.environ[MARK] = "1"
    for folder in ("/box", "/tmp", "/dev/shm", "/var/tmp", "/run"):
        try:
            os.makedirs(f"{folder}/{MARK}")
            open(f"{folder}/{MARK}.txt", "w").close()
        except OSError:
            pass
    ctypes.CDLL(None).syscall(29, 0x6D61726B, 4096, 0o1666)
    ctypes.CDLL(None).syscall(248, b"user", b"left-behind", b"x", 1, -3)
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)", MARK], start_new_session=True)
    return n * n


mirror = evens = square
