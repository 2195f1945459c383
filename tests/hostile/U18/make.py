import io
import zipfile


def packed(files, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()



NAMES = ("setup.py", "conftest.py", "pytest.ini", "sitecustomize.py", "requirements.txt", "checks.py", "exercise.toml", "checks.json")
FILES = {f"{name}.zip": packed({"work.py": b"x = 1\n", name: b"raise SystemExit\n"}) for name in NAMES}
