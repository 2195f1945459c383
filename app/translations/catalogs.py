"""Texts of the site in other languages: `python -m app.translations update AREA | compile | check`.

English texts stand in the code; `<area>/<language>/LC_MESSAGES/messages.po` holds the others. See README.md here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).parent
APP = HERE.parent
TRANSLATED = ("az", "ru")  # English is the language of the texts in the code

# Which part of app/ each area speaks for; a folder stands for itself and for templates/<folder>.
AREAS = {
    "site": ("accounts", "home", "errors", "parts", "setup"),  # and the modules of app/ itself, layout.html
    "notices": ("notices",),
    "learning": ("catalogue", "learning", "credentials"),
    "grading": ("grading",),
    "training": ("training",),
    "organisations": ("organisations",),
    "audiences": ("audiences",),
    "curricula": ("curricula",),
    "insights": ("insights",),
    "teaching": ("authoring", "teaching"),  # pages of learning for instructors lie in templates/teaching
}
KEYWORDS = DEFAULT_KEYWORDS | {
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    "_l": None,
}


def files_of(area: str) -> Iterator[Path]:
    """The modules and templates whose texts belong to the area."""
    if area == "site":
        yield from sorted(APP.glob("*.py"))
        yield from sorted((APP / "templates").glob("*.html"))
    for folder in AREAS[area]:
        yield from sorted((APP / folder).rglob("*.py"))
        for kind in ("html", "txt"):
            yield from sorted((APP / "templates" / folder).rglob(f"*.{kind}"))


def po_file(area: str, language: str) -> Path:
    return HERE / area / language / "LC_MESSAGES" / "messages.po"


def extracted(area: str) -> Catalog:
    """Every text of the area's code, untranslated."""
    template = Catalog(project="Bilik", creation_date=datetime(2026, 11, 22, tzinfo=UTC), fuzzy=False)
    for path in files_of(area):
        method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        found = extract_from_file(method, path, keywords=KEYWORDS, options={"silent": "false"})
        for _line, text, _comments, context in found:
            template.add(text, context=context)
    return template


def read(area: str, language: str) -> Catalog:
    path = po_file(area, language)
    if not path.exists():
        return Catalog(locale=language, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(area: str) -> None:
    """New texts get an empty translation, texts no longer in the code go; nothing is guessed."""
    template = extracted(area)
    for language in TRANSLATED:
        catalog = read(area, language)
        catalog.update(template, no_fuzzy_matching=True)
        catalog.fuzzy = False
        catalog.creation_date = catalog.revision_date = datetime(2026, 11, 22, tzinfo=UTC)
        path = po_file(area, language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalog, no_location=True, sort_output=True, ignore_obsolete=True, width=0)


def is_translated(message: Message) -> bool:
    parts = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return all(parts) and not message.fuzzy


def missing(area: str) -> list[str]:
    """Texts of the area without a translation, as "az: text"."""
    template = extracted(area)
    found = []
    for language in TRANSLATED:
        catalog = read(area, language)
        for message in template:
            if message.id:
                known = catalog.get(message.id, message.context)
                if known is None or not is_translated(known):
                    text = message.id if isinstance(message.id, str) else message.id[0]
                    found.append(f"{language}: {text}")
    return found


def compile_one(path: Path) -> None:
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.parent.parent.name)
    new = path.with_name(f".messages.{os.getpid()}.mo")
    with new.open("wb") as file:
        write_mo(file, catalog)
    os.replace(new, path.with_suffix(".mo"))


def compile_all() -> None:
    for path in sorted(HERE.glob("*/*/LC_MESSAGES/messages.po")):
        compile_one(path)


def compile_stale() -> None:
    """Compile the catalogs that changed since they were compiled. Where the code cannot be written, as they are."""
    for path in sorted(HERE.glob("*/*/LC_MESSAGES/messages.po")):
        made = path.with_suffix(".mo")
        if not made.exists() or made.stat().st_mtime_ns < path.stat().st_mtime_ns:
            try:
                compile_one(path)
            except PermissionError:
                return


def main(words: list[str]) -> int:
    match words:
        case ["update", area] if area in AREAS:
            update(area)
            left = missing(area)
            print("\n".join(left) or "every text is translated")
        case ["compile"]:
            compile_all()
        case ["check"]:
            left = [f"{area}: {text}" for area in AREAS for text in missing(area)]
            print("\n".join(left) or "every text is translated")
            return 1 if left else 0
        case _:
            print(__doc__, "\nAreas:", ", ".join(AREAS), file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
