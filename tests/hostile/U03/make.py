import io
import zipfile


def packed(files, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()



import struct

long = packed({"work.py": b"0" * (30 << 20)})
lying = bytearray(long)
for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
    at = lying.index(mark)
    lying[at + place : at + place + 4] = struct.pack("<I", 1000)
FILES = {"long.zip": long, "lying.zip": bytes(lying), "thin.zip": packed({"work.py": b"0" * (2 << 20)})}
