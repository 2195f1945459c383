"""Files as spreadsheets write them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime

import pytest
from flask import Flask
from flask_babel import Babel
from openpyxl import Workbook, load_workbook

from app.errors import Refused
from app.organisations import headings, reading
from app.organisations.headings import HEADINGS, Kind
from app.organisations.reading import Sheet, day_of, read

AZ = (
    "FİN;Tabel nömrəsi;Soyad, ad;E-poçt;Şöbənin kodu;İşə qəbul tarixi\n"
    "5AB12CD;17;Həsənova Aysel;a@example.az;1.1;05.01.2026\n"
)
RU = (
    "ФИН;Табельный номер;ФИО;Эл. почта;Код отдела;Дата приёма\n5AB12CD;17;Гасанова Айсель;a@example.az;1.1;05.01.2026\n"
)


@pytest.fixture(scope="module", autouse=True)
def _words() -> Iterator[None]:
    """What is refused is said in somebody's language; nothing here needs a database."""
    site = Flask(__name__)
    Babel(site, default_locale="en")
    with site.app_context():
        yield


def only(name: str, content: bytes) -> Sheet:
    (sheet,) = read(name, content)
    return sheet


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_a_list_is_read_as_excel_writes_it_in_russian(encoding: str) -> None:
    sheet = only("staff.csv", RU.encode(encoding))
    assert sheet.kind is Kind.PEOPLE
    assert sheet.rows[0].cells == {
        "fin": "5AB12CD",
        "number": "17",
        "name": "Гасанова Айсель",
        "email": "a@example.az",
        "unit": "1.1",
        "from": "05.01.2026",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_list_is_read_as_excel_writes_it_in_azerbaijani(encoding: str) -> None:
    sheet = only("heyət.csv", AZ.encode(encoding))
    assert sheet.rows[0].cells["name"] == "Həsənova Aysel"
    assert sheet.headings["number"] == "Tabel nömrəsi"


def test_the_turkish_code_page_is_told_from_the_cyrillic_one() -> None:
    bare = "Name;Email\nÇınar Şükürlü;c@example.az\nGöyçe Ağayev;g@example.az\n"
    assert only("a.csv", bare.encode("cp1254")).rows[0].cells["name"] == "Çınar Şükürlü"
    bare = "Name;Email\nИван Петров;c@example.az\n"
    assert only("a.csv", bare.encode("cp1251")).rows[0].cells["name"] == "Иван Петров"


def test_a_list_that_has_lost_its_letters_is_refused() -> None:
    with pytest.raises(Refused, match="Letters were lost"):
        read("heyet.csv", AZ.encode("cp1254", "replace"))


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_commas_semicolons_and_tabs_part_columns(delimiter: str) -> None:
    text = 'Name;"Unit code"\n"Həsənova, Aysel; müdir";1\n'.replace(";", delimiter)
    sheet = only("a.csv", f"sep={delimiter}\n{text}".encode())
    assert sheet.rows[0].cells["unit"] == "1"


def test_headings_may_come_after_a_title_and_what_nobody_knows_is_named() -> None:
    sheet = only("a.csv", "Nazirliyin heyəti;;\n;;\nAd;Bölmə;Doğum tarixi\nAysel;1;2000\n;;\nBanu;2;\n".encode())
    assert [(row.number, row.cells) for row in sheet.rows] == [
        (4, {"name": "Aysel", "unit": "1"}),
        (6, {"name": "Banu", "unit": "2"}),
    ]
    assert sheet.ignored == ["Doğum tarixi"]


@pytest.mark.parametrize(
    ("name", "heading", "kind", "columns"),
    [
        ("x", "Code;Name;Parent code", Kind.UNITS, {"unit", "unit_name", "parent"}),
        ("bölmələr", "Kod;Ad", Kind.UNITS, {"unit", "unit_name"}),
        ("Должности", "Код;Имя", Kind.POSITIONS, {"position", "position_name"}),
        ("x", "Vəzifənin kodu;Vəzifənin adı", Kind.POSITIONS, {"position", "position_name"}),
        ("x", "Name;Unit", Kind.PEOPLE, {"name", "unit"}),
        ("x", "Name;Surname;Unit;Parent;FIN", Kind.PEOPLE, {"name", "surname", "unit", "parent", "fin"}),
    ],
)
def test_what_a_sheet_holds_is_told_by_its_columns(name: str, heading: str, kind: Kind, columns: set[str]) -> None:
    sheet = only(f"{name}.csv", f"{heading}\n1;2;3;4;5\n".encode())
    assert (sheet.kind, set(sheet.headings)) == (kind, columns)


def test_a_workbook_has_sheets_and_its_days_are_days() -> None:
    book = Workbook()
    units = book.active
    assert units is not None
    units.title = "Bölmələr"
    units.append(["Kod", "Ad", "Tabe olduğu bölmə"])
    units.append([1, "Birinci şöbə", None])
    units.append([1.1, "Bölmə", 1])
    people = book.create_sheet("Heyət")
    people.append(["Ad", "Bölmə", "İlk gün", "FİN"])
    began = datetime(2026, 1, 5)  # noqa: DTZ001 - Excel knows no zones
    people.append(["Aysel", 1.1, began, 1234567])
    people.append(["Banu", 1.0, date(2026, 1, 6), " 5AB12CD "])
    book.create_sheet("Qeydlər").append(["nothing", "known"])
    out = io.BytesIO()
    book.save(out)
    first, second = read("a.xlsx", out.getvalue())
    assert [row.cells for row in first.rows] == [
        {"unit": "1", "unit_name": "Birinci şöbə"},
        {"unit": "1.1", "unit_name": "Bölmə", "parent": "1"},
    ]
    assert second.rows[0].cells == {"name": "Aysel", "unit": "1.1", "from": "2026-01-05", "fin": "1234567"}
    assert second.rows[1].cells == {"name": "Banu", "unit": "1", "from": "2026-01-06", "fin": "5AB12CD"}


def test_days_are_written_in_many_ways() -> None:
    for text in ("31.12.2026", "31.12.2026.", "2026-12-31", "31/12/2026", "2026-12-31 00:00:00", "46387"):
        assert day_of(text) == date(2026, 12, 31), text
    for text in ("31.02.2026", "12.2026", "sabah", "31.12.26", "0001-01-01", "123456"):
        assert day_of(text) is None, text


def test_the_template_is_read_as_what_it_is_in_every_language() -> None:
    for language in ("az", "ru", "en"):
        content = headings.template(language)
        assert [sheet.kind for sheet in read("template.xlsx", content)] == [Kind.UNITS, Kind.POSITIONS, Kind.PEOPLE]
        said = next(load_workbook(io.BytesIO(content)).worksheets[2].iter_rows(values_only=True))
        assert len({headings.MEANING[headings.plain(str(one))] for one in said}) == len(said)


def test_no_heading_means_two_things() -> None:
    seen: dict[str, str] = {}
    for column, known in HEADINGS.items():
        for heading in known:
            assert seen.setdefault(headings.plain(heading), column) == column, heading


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "No headings"),
        (b"a;b;c\n1;2;3\n", "No headings"),
        (b"PK\x03\x04 broken", "no Excel workbook"),
        (b"Name;Ad;Unit\n1;2;3\n", "Two columns"),
        (("Name;Unit\n" + "a;1\n" * (reading.MOST_ROWS + 1)).encode(), "rows at most"),
    ],
)
def test_what_cannot_be_read_says_so(content: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        read("a.csv", content)


def test_a_workbook_that_unpacks_without_end_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 1000)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "a" * 2000)
    with pytest.raises(Refused, match="too large"):
        read("a.xlsx", out.getvalue())
