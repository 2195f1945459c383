import argparse
import logging
import sqlite3
import tempfile

log = logging.getLogger(__name__)
logging.basicConfig(level=logging.DEBUG)


def square(n):
    log.debug("squaring %s", n)
    return sqlite3.connect(":memory:").execute("select ? * ?", (n, n)).fetchone()[0]


def mirror(text):
    with tempfile.TemporaryDirectory() as folder, open(f"{folder}/text", "w+") as file:
        file.write(text)
        file.seek(0)
        return file.read()[::-1]


def evens(numbers):
    connection = sqlite3.connect("numbers.sqlite")
    connection.execute("create table numbers (number integer)")
    connection.executemany("insert into numbers values (?)", [(number,) for number in numbers])
    return [number for (number,) in connection.execute("select number from numbers where number % 2 = 0")]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("number", type=int)
    print(square(parser.parse_args().number))
