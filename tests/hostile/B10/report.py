import sys

if len(sys.argv) > 1:
    text = open(sys.argv[1]).read()
elif sys.stdin.readable():
    text = ""
    while line := sys.stdin.readline():
        text += line
        sys.stdout.flush()
words = sorted(text.split())
with open("words.txt", "w") as file:
    for word in words:
        file.write(word + "\n")
for word in words:
    sys.stdout.write(word)
    sys.stdout.flush()
    sys.stdout.write("\n")
