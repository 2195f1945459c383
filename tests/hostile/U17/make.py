import io
import zipfile


def packed(files, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()



FILES = {f"{number}.zip": packed({"work.py": b"x = 1\n", name: b"\x80\x04K\x01."})
         for number, name in enumerate(("work.pyc", "work.so", "work.pth", "work.pkl", "__init__.py", "x.dll", "cache/work.pyc"))}
