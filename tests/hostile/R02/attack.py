import threading


def evens(numbers):
    while True:
        threading.Thread(target=threading.Event().wait).start()
