import io
import zipfile


def packed(files, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()



import struct

one = packed({"00000.py": b""})
start = one.index(b"PK\x01\x02")
local, entry = one[:start], one[start : one.index(b"PK\x05\x06")]
many = b"".join(entry.replace(b"00000", b"%05d" % number) for number in range(65_000))


def ended(directory, count, size=None, offset=None):
    size, offset = len(directory) if size is None else size, len(local) if offset is None else offset
    return local + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, size, offset, 0)


def endless(count):
    """With an end of 64 bits that says `count`."""
    place = len(local) + len(entry)
    far = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, count * 46 % 2**63, len(local))
    found = struct.pack("<4sLQL", b"PK\x06\x07", 0, place, 1)
    return local + entry + far + found + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)


FILES = {
    "many.zip": ended(many, 65_000),
    "far.zip": endless(2**62),
    "large.zip": ended(entry, 1, size=2**31),
    "before.zip": ended(entry, 1, offset=2**31),
    "noise.zip": b"PK\x05\x06" * 10_000,
}
