"""Every entry of the directory points at the bytes of the first."""
import io
import struct
import zipfile

buffer = io.BytesIO()
with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("00.py", b"#" * 350_000)
whole = buffer.getvalue()
start = whole.index(b"PK\x01\x02")
local, entry = whole[:start], whole[start : whole.index(b"PK\x05\x06")]
directory = b"".join(entry.replace(b"00.py", b"%02d.py" % number) for number in range(50))
end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 50, 50, len(directory), len(local), 0)
FILES = {"work.zip": local + directory + end}
