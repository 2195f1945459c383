"""assemble.py BASE.tar SITE FONTS OUT.tar: one root from the Debian root and the unpacked wheels, the same bytes every time."""

import os
import sys
import tarfile


def tidy(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Fixed owner, time and mode: what may differ from one machine to the next."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mtime = 1_700_000_000
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    return entry


def add_tree(out: tarfile.TarFile, folder: str, destination: str) -> None:
    names = sorted(os.path.join(parent, name) for parent, folders, files in os.walk(folder) for name in folders + files)
    for name in names:
        out.add(name, f"{destination}/{os.path.relpath(name, folder)}", recursive=False, filter=tidy)


def main(base: str, site: str, fonts: str, out: str) -> None:
    with tarfile.open(out, "w", format=tarfile.PAX_FORMAT) as target:
        with tarfile.open(base) as source:
            for entry in source:
                target.addfile(entry, source.extractfile(entry) if entry.isreg() else None)
        add_tree(target, site, "./usr/lib/python3/dist-packages")
        add_tree(target, fonts, "./opt/matplotlib")


if __name__ == "__main__":
    main(*sys.argv[1:])
