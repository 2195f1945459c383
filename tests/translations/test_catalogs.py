from __future__ import annotations

import re

import pytest

from app.translations import catalogs

PLACES = re.compile(r"%\((\w+)\)[sd]")


@pytest.mark.parametrize("area", catalogs.AREAS)
def test_every_text_is_translated(area: str) -> None:
    assert catalogs.missing(area) == []


@pytest.mark.parametrize("area", catalogs.AREAS)
@pytest.mark.parametrize("language", catalogs.TRANSLATED)
def test_translations_name_the_same_places_as_the_text(area: str, language: str) -> None:
    for message in catalogs.read(area, language):
        if message.id and catalogs.is_translated(message):
            one = message.id if isinstance(message.id, str) else message.id[1]
            forms = [message.string] if isinstance(message.string, str) else list(message.string)
            for form in forms:
                assert set(PLACES.findall(form)) == set(PLACES.findall(one)), (language, one)


def test_one_text_reads_the_same_in_every_area() -> None:
    for language in catalogs.TRANSLATED:
        said: dict[object, object] = {}
        for area in catalogs.AREAS:
            for message in catalogs.read(area, language):
                if message.id and catalogs.is_translated(message):
                    known = said.setdefault((message.context, str(message.id)), message.string)
                    assert known == message.string, (language, message.id)
