"""python -m sandbox build | check | sweep: build the images; prove the protections, one line each; remove what a dead
worker left."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from sandbox.building import build
from sandbox.model import SandboxUnavailable


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    building = commands.add_parser("build", help="build the sandbox images that are missing")
    building.add_argument("--again", action="store_true", help="build even what is there")
    options = parser.parse_args(arguments)
    data = Path(os.environ.get("BILIK_DATA", "var"))
    try:
        if options.command == "build":
            made = build(data, say=lambda text: print(text, flush=True), force=options.again)
            print(f"sandbox: {made.python} and {made.checker} are ready", flush=True)
    except SandboxUnavailable as why:
        print(f"sandbox: {why}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
