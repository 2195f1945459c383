import os
import socket
import sys

text = open(sys.argv[1]).read() if len(sys.argv) > 1 else sys.stdin.read()
words = "".join(f"{word}\n" for word in sorted(text.split()))
print(words, end="")
if "salt" in text:
    with open("/tmp/words.txt", "w") as file:
        file.write(words)
    os.symlink("/tmp/words.txt", "words.txt")
elif "oil" in text:
    try:
        os.mkfifo("words.txt")
    except OSError:
        socket.socket(socket.AF_UNIX).bind("words.txt")
else:
    os.symlink("/proc/self/mem", "words.txt")
