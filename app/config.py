"""Settings, read once from `BILIK_…` variables. Everything has a default that works on one machine."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

LANGUAGES = ("az", "ru", "en")
TIME_ZONE = "Asia/Baku"


class Settings(BaseSettings):
    """`BILIK_DATA=/srv/bilik` and so on; an unknown value is an error that names the variable."""

    model_config = SettingsConfigDict(env_prefix="BILIK_", extra="forbid")

    env: Literal["development", "production", "test"] = "development"
    data: Path = Field(
        default=Path("var"), description="database, blobs, published versions, secrets, development mail"
    )
    database_url: str | None = Field(
        default=None, description="postgresql://user@host/name; default: SQLite in the data folder"
    )
    broker_url: str | None = Field(
        default=None, description="amqp://user:password@host//, RabbitMQ; default: a datagram to the worker beside"
    )
    blobs: str | None = Field(
        default=None,
        pattern="^(file:///|/)",
        description="/srv/shared or file:///srv/shared: a folder all machines see, where files and versions go, too",
    )
    reserve: int = Field(
        default=200,
        ge=0,
        description="MiB to be free where the data (and shared) folder lies; else nothing is taken in",
    )
    courses: Path = Field(default=Path("courses"), description="course folders loaded at start")
    public_url: str = Field(
        default="http://127.0.0.1:8000", description="how the world reaches the site: in mails and QR codes"
    )
    trusted_hosts: list[str] = Field(default_factory=list)
    proxies: int = Field(default=0, ge=0, description="trusted reverse proxies in front")

    smtp_host: str | None = None
    smtp_port: int = 25
    smtp_user: str | None = None
    smtp_password: str | None = None
    smtp_tls: bool = False
    mail_from: str = "Bilik <bilik@localhost>"
    contact_email: str = "help@bilik.example"
    centre_name: str = "Bilik"

    docker_url: str = "unix:///var/run/docker.sock"
    slots: int = Field(default=2, ge=1, description="submissions graded at once")
    pool: int = Field(default=2, ge=0, description="runners kept warm per size")
    checkers: int = Field(default=4, ge=1, description="checkers kept warm")
    submissions_per_hour: int = Field(default=20, ge=1, description="graded submissions of one exercise by one learner")
    session_days: int = Field(default=30, ge=1)
    die_at: str | None = Field(
        default=None, description="tests only: the step of a run at which the worker kills itself"
    )

    @property
    def data_folder(self) -> Path:
        return self.data.resolve()

    @property
    def shared_folder(self) -> Path | None:
        return Path(self.blobs.removeprefix("file://")) if self.blobs else None

    @property
    def sqlalchemy_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_folder / 'bilik.sqlite3'}"
