import os

sys.stdout.flush()
heard, said = os.pipe()
if os.fork() == 0:
    os.setsid()
    grown = os.open("words.txt", os.O_WRONLY | os.O_APPEND)
    os.write(grown, b"more\n")
    os.write(said, b"x")
    while True:
        if "oil" in text:
            os.symlink("/etc/passwd", "other")
            os.rename("other", "words.txt")
        else:
            os.write(grown, b"more\n" * 1000)
os.read(heard, 1)
os._exit(0)
