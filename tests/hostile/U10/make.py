import io
import zipfile


def packed(files, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()



PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452")
FILES = {
    "work.py": PNG + packed({"work.py": b"x = 1\n"}),
    "also.py": packed({"work.py": b"x = 1\n"}),
    "work.zip": b'{"cells": [], "nbformat": 4}',
    "work.png": PNG,
    "work.ipynb": b"x = 1\n",
    "work.py.exe": b"MZ",
    "work": b"x = 1\n",
    "wide.py": "x = 1\n".encode("utf-16"),
}
