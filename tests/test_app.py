from flask import Flask
from sqlalchemy import inspect

from app.db import db


def test_the_migrations_make_every_table_of_the_models(site: Flask) -> None:
    made = set(inspect(db.engine).get_table_names())
    assert set(db.metadata.tables) <= made
