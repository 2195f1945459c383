import csv
import sys


def minutes(text):
    ...


def make_report(rows):
    ...


def main():
    source, target = sys.argv[1], sys.argv[2]
    ...


if __name__ == "__main__":
    main()
