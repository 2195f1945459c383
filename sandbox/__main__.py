"""python -m sandbox build | check | sweep: build the images; prove the protections, one line each; remove what a dead
worker left."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from sandbox.building import build, recipe, remove_old
from sandbox.engine import Engine
from sandbox.model import SandboxUnavailable
from sandbox.preflight import prove
from sandbox.reaper import sweep


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    building = commands.add_parser("build", help="build the sandbox images that are missing")
    building.add_argument("--again", action="store_true", help="build even what is there")
    checking = commands.add_parser("check", help="prove every protection from inside a container")
    checking.add_argument("--quick", action="store_true", help="leave out what only takes time")
    commands.add_parser("sweep", help="remove the containers of dead workers, and images of other recipes")
    options = parser.parse_args(arguments)
    data = Path(os.environ.get("BILIK_DATA", "var"))
    try:
        if options.command == "build":
            made = build(data, say=lambda text: print(text, flush=True), force=options.again)
            print(f"sandbox: {made.python} and {made.checker} are ready", flush=True)
        elif options.command == "check":
            return check(quick=options.quick)
        else:
            engine = Engine()
            containers, images = sweep(engine), remove_old(engine, recipe(), days=0)
            print(f"sandbox: removed {len(containers)} orphans and {len(images)} images of other recipes")
    except SandboxUnavailable as why:
        print(f"sandbox: {why}", file=sys.stderr)
        return 3
    return 0


def check(*, quick: bool) -> int:
    """A line per protection; 1 and the name of the first that is missing, 0 if all are there."""
    wanted = recipe()
    tags = {"python": wanted.python, "checker": wanted.checker}
    report = prove(Engine(), tags, quick=quick, say=lambda line: print(line, flush=True))
    if report.missing:
        print(f"sandbox: missing: {report.missing}", file=sys.stderr)
        return 1
    print(f"sandbox: {len(report.lines)} protections proved in {report.seconds:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
