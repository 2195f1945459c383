import io
import zipfile


def special(kind):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("work.py")
        entry.external_attr = (kind | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return buffer.getvalue()


FILES = {f"{kind:o}.zip": special(kind) for kind in (0o120000, 0o060000, 0o020000, 0o010000, 0o140000)}
