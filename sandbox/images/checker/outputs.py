"""What a learner's code put out, reduced to what may be shown: bounded text, re-encoded pictures, tables as rows.

Everything else (html, scripts, widgets, vector pictures) is named by its type and left out.
"""

from __future__ import annotations

import base64
import html
import io
import re
import warnings
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
MOST_HTML = 400_000
TABLE = re.compile(r"<(/?)(table|thead|tbody|tfoot|tr|th|td)\b([^<>]*)>|([^<]+)")
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


def _table(text: str) -> dict[str, Any] | None:
    """The table that pandas wrote, as rows; None if there is anything in it that pandas does not write."""
    start, end = text.find('<table border="'), text.find("</table>")
    if start < 0 or end < start or end - start > MOST_HTML or 'class="dataframe"' not in text[start : start + 200]:
        return None
    rows: list[list[str]] = []
    headers, at, inside = 0, start, False
    for piece in TABLE.finditer(text, start, end):
        if piece.start() != at:
            return None  # another tag, or a broken one
        at = piece.end()
        closing, tag, attributes, content = piece.groups()
        if content is not None:
            if inside and rows and rows[-1]:
                rows[-1][-1] += html.unescape(content)[:MOST_CELL]
        elif tag == "tr" and not closing:
            rows.append([])
        elif tag in ("th", "td"):
            inside = not closing
            if inside and rows and len(rows[-1]) <= MOST_COLUMNS:
                wide = re.search(r'colspan="([0-9]{1,3})"', attributes)
                rows[-1] += [""] * (int(wide[1]) if wide else 1)
        elif tag == "thead" and closing:
            headers = len(rows)
    return _as_rows(rows[:headers], rows[headers:]) if headers and at == end else None


def _as_rows(head: list[list[str]], body: list[list[str]]) -> dict[str, Any]:
    width = min(max(map(len, head + body)), MOST_COLUMNS)

    def cell(row: list[str], at: int) -> str:
        return visible(row[at].strip(), MOST_CELL) if at < len(row) else ""

    cut = len(body) > MOST_ROWS or any(len(row) > MOST_COLUMNS for row in head + body)
    columns = [" ".join(filter(None, (cell(row, at) for row in head[:5]))) for at in range(width)]
    rows = [[cell(row, at) for at in range(width)] for row in body[:MOST_ROWS]]
    return {"is": "table", "columns": columns, "rows": rows, "cut": cut}


def _png(data: bytes) -> str | None:
    """A picture decoded within a cap of pixels and written anew as PNG, in base64; None if it is none."""
    import PIL.Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            picture: PIL.Image.Image = PIL.Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))
            if picture.width * picture.height > MOST_PIXELS:
                return None
            picture.load()
            picture = picture.convert("RGBA" if "A" in picture.getbands() else "RGB")
            side = MOST_SIDE
            while side > 100:
                if max(picture.size) > side:
                    picture.thumbnail((side, side))
                target = io.BytesIO()
                picture.save(target, format="PNG", compress_level=3)  # half the time of 6, a learner waits
                if target.tell() <= MOST_PNG:
                    return base64.b64encode(target.getvalue()).decode()
                side = min(side, max(picture.size)) * 2 // 3
    except Exception:  # noqa: BLE001 - a decoder may raise anything on hostile bytes
        return None
    return None
