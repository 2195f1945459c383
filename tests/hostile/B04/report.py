import sys

text = open(sys.argv[1]).read() if len(sys.argv) > 1 else sys.stdin.read()
words = "  \r\n".join(sorted(text.split()))
sys.stdout.buffer.write(words.encode())
with open("words.txt", "w", newline="") as file:
    file.write(words)
