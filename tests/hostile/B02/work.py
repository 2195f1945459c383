import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pool


def square(n):
    said = subprocess.run([sys.executable, "-c", f"print({n} * {n})"], capture_output=True, text=True)
    return int(said.stdout)


def mirror(text):
    with ThreadPoolExecutor(4) as threads:
        return "".join(threads.map(str, text[::-1]))


def is_even(number):
    return number % 2 == 0


def evens(numbers):
    with Pool(2) as pool:
        return [number for number, even in zip(numbers, pool.map(is_even, numbers)) if even]
