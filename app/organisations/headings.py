"""The headings of files that say who works where, in Azerbaijani, Russian and English; and an empty file with them."""

from __future__ import annotations

import io
import re
from enum import StrEnum

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from app.folding import fold


class Kind(StrEnum):
    UNITS = "units"
    POSITIONS = "positions"
    PEOPLE = "people"


def plain(heading: str) -> str:
    """A heading made comparable: letters folded, signs become blanks."""
    return " ".join(re.sub(r"[^\w]+", " ", fold(heading)).split())


# What headings mean. The first three of each column are those of the template, in English, Azerbaijani and Russian.
HEADINGS: dict[str, tuple[str, ...]] = {
    "fin": ("FIN", "FİN", "ФИН", "FİN kod", "FİN kodu", "FIN code", "PIN", "ФИН-код", "код ФИН"),
    "number": (
        *("Personnel number", "Tabel nömrəsi", "Табельный номер"),
        *("Employee number", "Employee ID", "Number", "İşçi nömrəsi", "Şəxsi nömrə", "Nömrə", "Номер", "Личный номер"),
    ),
    "surname": ("Surname", "Soyad", "Фамилия", "Last name", "Family name", "Soyadı"),
    "name": (
        *("Name", "Ad, soyad", "Имя и фамилия"),
        *("Full name", "First name", "Given name", "Ad", "Adı", "Ad soyad", "Soyad, ad", "S.A.A.", "SAA", "Əməkdaş"),
        *("Soyad, ad, ata adı", "Ad, soyad, ata adı", "Soyadı, adı, atasının adı", "Имя", "ФИО", "Ф. И. О."),
        *("Фамилия, имя", "Фамилия, имя, отчество", "Сотрудник"),
    ),
    "email": (
        *("E-mail", "E-poçt", "Электронная почта"),
        *("Email", "E-mail address", "Mail", "Epoçt", "E-poçt ünvanı", "Elektron poçt", "Почта", "Эл. почта"),
        "Адрес электронной почты",
    ),
    "language": ("Language", "Dil", "Язык", "Dili"),
    "unit": (
        *("Unit code", "Bölmənin kodu", "Код подразделения"),
        *("Unit", "Department code", "Department", "Bölmə kodu", "Bölmə", "Şöbənin kodu", "Şöbə kodu", "Şöbə"),
        *("Struktur kodu", "Struktur bölmə", "Подразделение", "Код отдела", "Отдел"),
    ),
    "unit_name": (
        *("Unit name", "Bölmənin adı", "Название подразделения"),
        *("Department name", "Bölmə adı", "Şöbənin adı", "Struktur bölmənin adı", "Наименование подразделения"),
        *("Название отдела", "Наименование отдела"),
    ),
    "parent": (
        *("Parent unit code", "Yuxarı bölmənin kodu", "Код вышестоящего подразделения"),
        *("Parent code", "Parent unit", "Parent", "Yuxarı bölmə", "Tabe olduğu bölmənin kodu", "Tabe olduğu bölmə"),
        *("Üst bölmə", "Üst bölmənin kodu", "Вышестоящее подразделение", "Код вышестоящего", "Родитель"),
    ),
    "position": ("Position code", "Vəzifənin kodu", "Код должности", "Vəzifə kodu"),
    "position_name": (
        *("Position", "Vəzifə", "Должность"),
        *("Position name", "Job title", "Vəzifənin adı", "Vəzifə adı", "Название должности", "Наименование должности"),
    ),
    "manager": (
        *("Manager number or FIN", "Rəhbərin nömrəsi və ya FİN-i", "Номер или ФИН руководителя"),
        *("Manager", "Manager number", "Manager FIN", "Rəhbər", "Rəhbərin nömrəsi", "Rəhbərin FİN-i", "Menecer"),
        *("Rəhbərin tabel nömrəsi", "Руководитель", "Табельный номер руководителя", "ФИН руководителя"),
    ),
    "from": (
        *("First day", "İlk gün", "Первый день"),
        *("From", "Start date", "Start", "Başlama tarixi", "İşə qəbul tarixi", "Qəbul tarixi", "Tarixdən", "С"),
        *("Дата приёма", "Дата приёма на работу", "Дата начала"),
    ),
    "until": (
        *("Last day", "Son gün", "Последний день"),
        *("Until", "To", "End date", "End", "Bitmə tarixi", "İşdən çıxma tarixi", "Tarixədək", "По"),
        *("Дата увольнения", "Дата окончания"),
    ),
    "code": ("Code", "Kod", "Код", "Kodu"),
}
MEANING = {plain(heading): column for column, known in HEADINGS.items() for heading in known}
LANGUAGES = ("en", "az", "ru")  # in which order the headings of the template stand above
TITLES = {
    Kind.UNITS: ("unit", "department", "bolme", "sobe", "struktur", "подраздел", "отдел", "структур"),
    Kind.POSITIONS: ("position", "vezife", "должност"),
    Kind.PEOPLE: ("people", "person", "staff", "emekdas", "isci", "heyet", "сотрудник", "люди", "персонал"),
}
TEMPLATES: dict[Kind, tuple[str, ...]] = {
    Kind.UNITS: ("unit", "unit_name", "parent", "from", "until"),
    Kind.POSITIONS: ("position", "position_name"),
    Kind.PEOPLE: (
        *("fin", "number", "name", "email", "language", "unit", "position", "position_name", "manager"),
        *("from", "until"),
    ),
}


def template(language: str) -> bytes:
    """An empty workbook with one sheet for each kind, its headings in `language`."""
    book = Workbook(write_only=True)
    place = LANGUAGES.index(language)
    titles = {
        Kind.UNITS: ("Units", "Bölmələr", "Подразделения"),
        Kind.POSITIONS: ("Positions", "Vəzifələr", "Должности"),
        Kind.PEOPLE: ("People", "Əməkdaşlar", "Сотрудники"),
    }
    for kind, columns in TEMPLATES.items():
        sheet = book.create_sheet(titles[kind][place])
        for number in range(1, len(columns) + 1):
            sheet.column_dimensions[get_column_letter(number)].width = 24
        sheet.append([HEADINGS[column][place] for column in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
