"""Documents of people: what may be handed in, and how it is given back."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from flask import Response, send_file
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from app.blobs import Blobs, is_disk_full
from app.errors import Refused

MOST = 10 * 2**20  # bytes
# By the first bytes, not by the name or by what a browser says.
BEGINNINGS = {b"%PDF-": ".pdf", b"\x89PNG\r\n\x1a\n": ".png", b"\xff\xd8\xff": ".jpg"}
TYPES = {".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg"}


@dataclass(frozen=True, kw_only=True)
class Document:
    name: str  # as it is offered for download: of one line, with the ending its content has
    content: bytes


def read(content: bytes, name: str) -> Document:
    """`content`: at most MOST + 1 bytes of it. Raises Refused (field "document"): empty, too large, another kind."""
    if not content:
        raise Refused(_("Choose the document."), field="document")
    if len(content) > MOST:
        raise Refused(_("The document is larger than 10 MB."), field="document")
    ending = next((kind for start, kind in BEGINNINGS.items() if content.startswith(start)), None)
    if ending is None:
        raise Refused(_("The document must be a PDF, a JPEG or a PNG."), field="document")
    stem = PurePosixPath(name.replace("\\", "/")).stem
    plain = "".join(sign for sign in stem if sign.isprintable()).strip(" .")[:150]
    return Document(name=(plain or "document") + ending, content=content)


def uploaded(file: object) -> Document | None:
    """The document in a field of a form, None where none was chosen. Raises Refused for one that cannot be taken."""
    if not isinstance(file, FileStorage) or not file.filename:
        return None
    return read(file.read(MOST + 1), file.filename)


def type_of(name: str) -> str:
    return TYPES.get(PurePosixPath(name).suffix, "application/octet-stream")


def keep(document: Document, blobs: Blobs) -> str:
    """Stored before any row names it; the name of the blob. Raises Refused (field "document") on a full disk."""
    try:
        return blobs.put(document.content)
    except OSError as problem:
        if not is_disk_full(problem):
            raise
        full = _("The disk of this site is nearly full; no document can be stored now.")
        raise Refused(full, field="document") from problem


def offered(content: bytes, name: str) -> Response:
    """Given to be kept, never shown within the site: what somebody handed in is not ours."""
    answer = send_file(BytesIO(content), mimetype=type_of(name), as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Security-Policy"] = "sandbox"
    return answer
