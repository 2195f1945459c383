import matplotlib.pyplot as plt


def drawn(value):
    plt.figure()
    plt.title(str(value))
    plt.text(0, 0, str(value))
    plt.show()
    for folder in (".", "/tmp", "/dev/shm"):
        with open(f"{folder}/{value}.txt".replace("/", "/"), "w") as file:
            file.write(str(value))


def square(n):
    drawn(n)
    return n * n


def mirror(text):
    drawn(text)
    return text[::-1]
