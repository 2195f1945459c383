import io
import zipfile


def packed(files, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()



content = b"0" * 100_000
for _ in range(5):
    content = packed({f"{number}.zip": content for number in range(4)})
FILES = {"work.zip": content, "named.zip": packed({"work.py": b"x = 1\n", "more.tar.gz": b"\x1f\x8b"})}
