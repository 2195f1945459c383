print("imported")


def square(n):
    print("squaring", n)
    return n * n


def mirror(text):
    for letter in text:
        print(letter, end=" ")
    return text[::-1]


def evens(numbers):
    print(f"{numbers=}")
    return [number for number in numbers if number % 2 == 0]


print(square(3), mirror("abc"), evens([1, 2]))
