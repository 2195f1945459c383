import io
import zipfile


def packed(files, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()



from tests.hostile.cases import TARGETS

FILES = {"my work.zip": packed({
    "my work/": b"", "my work/work.py": TARGETS["tools"].solution()["work.py"], "my work/.DS_Store": b"\0\1Bud1",
    "__MACOSX/my work/._work.py": b"\0\5\x16\7", "my work/__pycache__/work.pyc": b"x",
})}
