"""What a learner's code put out, reduced to what may be shown: bounded text, re-encoded pictures, tables as rows.

Everything else (html, scripts, widgets, vector pictures) is named by its type and left out.
"""

from __future__ import annotations

import base64
import io
import re
import warnings
from html.parser import HTMLParser
from typing import Any

import answers
from inside import codec, frames
from inside.unpacking import blob
from showing import ANSI, MOST_PRINTED, visible

MOST_OUTPUTS = 100
MOST_PICTURES = 10
MOST_PIXELS = 8_000_000
MOST_SIDE = 1600
MOST_PNG = 700_000
MOST_ALL = 2_500_000  # of a reduced body
MOST_ROWS, MOST_COLUMNS, MOST_CELL = 60, 30, 200
TAMPERED: dict[str, Any] = {"ended": "tampered", "outputs": [], "cut": False}
ENDED = re.compile(r"[a-z_]{1,20}")


def reduced(body: bytes) -> dict[str, Any]:
    """The outputs of a `cell` or of an answer, safe to store and show. A body that makes no sense is `tampered`."""
    try:
        told = frames.strict_json(body)
        if type(told) is not dict:
            return TAMPERED
        if "outputs" not in told:
            return _of_answer(answers.read(body))
        ended, given = told.get("ended"), told["outputs"]
        if type(ended) is not str or not ENDED.fullmatch(ended) or type(given) is not list:
            return TAMPERED
        found: list[dict[str, Any]] = []
        for output in given[:MOST_OUTPUTS]:
            found += _output(output)
        cut = len(given) > MOST_OUTPUTS or told.get("cut") is True
        return _bounded(found, ended, cut)
    except (frames.FrameError, codec.CodecError, RecursionError):
        return TAMPERED


def pictures(many: list[bytes]) -> list[str]:
    """Those of `many` that are pictures, re-encoded as PNG, in base64."""
    found = [_png(data) for data in many[:MOST_PICTURES]]
    kept, room = [], MOST_ALL
    for picture in found:
        if picture and len(picture) <= room:
            kept.append(picture)
            room -= len(picture)
    return kept


def _of_answer(answer: answers.Answer) -> dict[str, Any]:
    found = _text("stdout", answer.loading + answer.stdout) + _text("stderr", answer.stderr)
    if answer.error:
        error = answer.error
        trace = [[file, line, visible(text, 200)] for file, line, text in error.trace]
        found.append({"is": "error", "type": error.type, "message": visible(error.message), "trace": trace})
    found += [{"is": "image", "png": picture} for picture in pictures(answer.plots)]
    return _bounded(found, answer.ended, answer.cut)


def _bounded(found: list[dict[str, Any]], ended: str, cut: bool) -> dict[str, Any]:
    room, kept = MOST_ALL, []
    for output in found:
        room -= len(repr(output))
        if room < 0:
            cut = True
            break
        kept.append(output)
    return {"ended": ended, "outputs": kept, "cut": cut}


def _output(output: Any) -> list[dict[str, Any]]:
    """One output of a notebook's cell, in the forms of nbformat 4."""
    if type(output) is not dict:
        raise codec.CodecError("not an output")
    match output.get("output_type"):
        case "stream":
            return _text("stderr" if output.get("name") == "stderr" else "stdout", _joined(output.get("text")))
        case "error":
            return [_error(output)]
        case "display_data" | "execute_result":
            return _data(output.get("data"))
    raise codec.CodecError("an unknown output")


def _joined(told: Any) -> str:
    """A text of nbformat: one, or a list of lines."""
    if type(told) is list and all(type(part) is str for part in told):
        return "".join(told)
    if type(told) is not str:
        raise codec.CodecError("not a text")
    return told


def _text(name: str, text: str) -> list[dict[str, Any]]:
    return [{"is": "text", "name": name, "text": visible(overwritten(text), MOST_PRINTED)}] if text else []


def overwritten(text: str) -> str:
    """`text` as a terminal leaves it: what a bare CR went back over is gone (progress bars)."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] if "\r" in line else line for line in lines)


def _error(output: dict[str, Any]) -> dict[str, Any]:
    lines = output.get("traceback")
    text = ANSI.sub("", "\n".join(map(_joined, lines if type(lines) is list else []))[: MOST_PRINTED * 4])
    trace = []
    for block in re.split(r"(?=^(?:Cell In\[\d+\], line|File |  Cell In\[)[^\n]*)", text, flags=re.M):
        place = re.match(r" *(Cell In\[\d+\]|File [^\n:,]*)(?:, line |:)(\d{1,6})", block)
        if place and not place[1].startswith("File /") and "site-packages" not in place[1]:
            arrow = re.search(r"^-+> *\d+ (.*)$", block, flags=re.M)
            trace.append([place[1][:80], int(place[2]), visible(arrow[1].strip() if arrow else "", 200)])
    return {
        "is": "error",
        "type": re.sub(r"[^\w.]", "", _joined(output.get("ename")))[:80] or "Exception",
        "message": visible(_joined(output.get("evalue")), 2000),
        "trace": trace[:12],
    }


def _data(data: Any) -> list[dict[str, Any]]:
    """The best that may be shown of one display, and the names of types that may not, if nothing else is there."""
    if type(data) is not dict:
        raise codec.CodecError("not a display")
    for kind in ("image/png", "image/jpeg"):
        if kind in data:
            picture = _png(blob("".join(_joined(data[kind]).split())))
            return [{"is": "image", "png": picture}] if picture else [{"is": "other", "type": kind}]
    if "text/html" in data:
        table = _table(_joined(data["text/html"]))
        if table:
            return [table]
    text = _joined(data["text/plain"]) if "text/plain" in data else ""
    others = [re.sub(r"[^\w/.+-]", "", str(kind))[:80] for kind in data if kind != "text/plain"][:5]
    if text and not text.startswith("<IPython.core.display."):
        return _text("result", text)
    return [{"is": "other", "type": kind} for kind in others]


class _TableReader(HTMLParser):
    """The cells of one table as pandas writes it. Anything else in the HTML is passed over."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.headers = 0
        self.is_table = False
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "table":
            self.is_table = self.is_table or "dataframe" in (dict(attrs).get("class") or "")
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            wide = dict(attrs).get("colspan") or "1"
            self.rows[-1] += [""] * min(int(wide) if wide.isdecimal() and len(wide) < 4 else 1, MOST_COLUMNS)
            self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == "thead":
            self.headers = len(self.rows)
        if tag in ("td", "th", "tr"):
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside and self.rows and self.rows[-1]:
            self.rows[-1][-1] = (self.rows[-1][-1] + data)[:MOST_CELL]


def _table(html: str) -> dict[str, Any] | None:
    reader = _TableReader()
    reader.feed(html[:400_000])
    if not reader.is_table or not reader.headers:
        return None
    rows = [[visible(cell.strip(), MOST_CELL) for cell in row[:MOST_COLUMNS]] for row in reader.rows]
    head, body = rows[: reader.headers], rows[reader.headers :]
    width = max(map(len, rows))
    columns = [" ".join(filter(None, (row[at] if at < len(row) else "" for row in head))) for at in range(width)]
    full = [row + [""] * (width - len(row)) for row in body[:MOST_ROWS]]
    cut = len(body) > MOST_ROWS or any(len(row) > MOST_COLUMNS for row in reader.rows)
    return {"is": "table", "columns": columns, "rows": full, "cut": cut}


def _png(data: bytes) -> str | None:
    """A picture decoded within a cap of pixels and written anew as PNG, in base64; None if it is none."""
    import PIL.Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            picture = PIL.Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))
            if picture.width * picture.height > MOST_PIXELS:
                return None
            picture.load()
            picture = picture.convert("RGBA" if "A" in picture.getbands() else "RGB")
            side = MOST_SIDE
            while side > 100:
                if max(picture.size) > side:
                    picture.thumbnail((side, side))
                target = io.BytesIO()
                picture.save(target, format="PNG")
                if target.tell() <= MOST_PNG:
                    return base64.b64encode(target.getvalue()).decode()
                side = min(side, max(picture.size)) * 2 // 3
    except Exception:  # noqa: BLE001 - a decoder may raise anything on hostile bytes
        return None
    return None
