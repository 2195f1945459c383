wind = float(input())
word = "sakit"
if 2 <= wind < 6:
    word = "meh"
elif 6 <= wind < 15:
    word = "külək"
elif wind >= 15:
    word = "güclü külək"
print(word)
