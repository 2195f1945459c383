import sys

text = open(sys.argv[1]).read() if len(sys.argv) > 1 else sys.stdin.read()
words = "".join(f"{word}\n" for word in sorted(text.split()))
print(words, end="")
with open("words.txt", "w") as file:
    file.write(words)
