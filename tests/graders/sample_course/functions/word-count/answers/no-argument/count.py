import sys

counts = {}
for word in sys.stdin.read().lower().split():
    counts[word] = counts.get(word, 0) + 1
for word in sorted(counts, key=counts.get, reverse=True):
    print(word, counts[word])
