"""One archive for each name."""
import io
import zipfile

NAMES = (
    "../../etc/cron.d/x", "/etc/passwd", "C:\\x.py", "..\\work.py", "a/../../work.py", "a/./work.py", "nul.py",
    "CON", "a\nb.py", "x\x7f.py", "\u202eyp.krow", "n" * 300 + ".py", "a/b/c/d/e/f/work.py", " work.py",
    "%2e%2e/%2e%2e/work.sh", "work.py.", "<script>alert(1)</script>.py",
)


def packed(name):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("placeholder")
        entry.filename = name
        archive.writestr(entry, b"x = 1\n")
    return buffer.getvalue()


FILES = {f"{number}.zip": packed(name) for number, name in enumerate(NAMES)}
