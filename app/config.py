"""Settings, read once from `BILIK_…` variables. Everything has a default that works on one machine."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LANGUAGES = ("az", "ru", "en")
TIME_ZONE = "Asia/Baku"


class Provider(BaseModel):
    """An identity provider people may sign in at. `app/accounts/identity/README.md` says how to connect one."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    key: str = Field(pattern="^[a-z][a-z0-9-]{0,30}$", description="in addresses and in the log; never change it")
    kind: Literal["oidc", "mygov"] = "oidc"
    name: str = Field(min_length=1, max_length=60, description="as it stands on the button")
    issuer: str
    client_id: str
    client_secret: SecretStr | None = None
    client_secret_file: Path | None = None
    # oidc finds these by itself, at <issuer>/.well-known/openid-configuration
    authorize_url: str | None = None
    token_url: str | None = None
    jwks_url: str | None = None
    userinfo_url: str | None = Field(
        default=None, description="asked for what the id_token does not say; discovery may name it"
    )
    sign_out_url: str | None = Field(default=None, description="a page of the provider that ends its own session")
    scope: str = "openid profile"
    client_auth: Literal["client_secret_basic", "client_secret_post"] = "client_secret_basic"
    userinfo: bool = Field(default=False, description="ask it every time, whatever the id_token says")
    nonce: bool = Field(default=True, description="send one, and refuse an answer without it")
    pkce: bool = True
    fin_claim: str | None = Field(
        default=None, description='where the FIN stands in the claims ("user.pin"); it is believed as confirmed'
    )
    fin_needed: bool = False
    name_claims: tuple[str, ...] = ("name",)
    two_factor: bool = Field(default=False, description="who comes from there has shown two factors")
    timeout: float = Field(default=5.0, gt=0, le=30, description="seconds, for each request to the provider")

    @model_validator(mode="before")
    @classmethod
    def as_mygov(cls, given: object) -> object:
        """What mygov ID is known to do: FIN and names inside "user", no discovery."""
        if isinstance(given, dict) and given.get("kind") == "mygov":
            known = {"fin_claim": "user.pin", "fin_needed": True, "scope": "openid user"}
            return known | {"name_claims": ("user.firstName", "user.lastName")} | given
        return given

    @model_validator(mode="after")
    def can_be_spoken_to(self) -> Self:
        if (self.client_secret is None) == (self.client_secret_file is None):
            raise ValueError("give client_secret or client_secret_file, one of the two")
        addresses = (self.authorize_url, self.token_url, self.jwks_url)
        if any(addresses) != all(addresses) or (self.kind == "mygov" and not all(addresses)):
            raise ValueError("give authorize_url, token_url and jwks_url, all three (mygov needs them)")
        if self.userinfo and self.authorize_url and not self.userinfo_url:
            raise ValueError("userinfo is to be asked: give userinfo_url, too")
        for url in (self.issuer, *addresses, self.userinfo_url, self.sign_out_url):
            parts = urlsplit(url or "https://-")
            if parts.scheme != "https" and not (
                parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
            ):
                raise ValueError(f"{url} is not an https address")
        return self

    def secret(self) -> str:
        """The client's secret. Raises OSError when its file cannot be read."""
        if self.client_secret_file is not None:
            return self.client_secret_file.read_text().strip()
        assert self.client_secret is not None
        return self.client_secret.get_secret_value()


class Settings(BaseSettings):
    """`BILIK_DATA=/srv/bilik` and so on; an unknown value is an error that names the variable."""

    model_config = SettingsConfigDict(env_prefix="BILIK_", extra="forbid", hide_input_in_errors=True)

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
    mail_audit: bool = Field(default=True, description="mail administrators how the audit log ends, once a day")
    centre_name: str = "Bilik"

    docker_url: str = "unix:///var/run/docker.sock"
    slots: int = Field(default=2, ge=1, description="submissions graded at once")
    pool: int = Field(default=2, ge=0, description="runners kept warm per size")
    checkers: int = Field(default=4, ge=1, description="checkers kept warm")
    submissions_per_hour: int = Field(default=20, ge=1, description="graded submissions of one exercise by one learner")
    session_days: int = Field(default=30, ge=1)
    providers: tuple[Provider, ...] = Field(default=(), description="a JSON list; see app/accounts/identity/README.md")
    die_at: str | None = Field(
        default=None, description="tests only: the step of a run at which the worker kills itself"
    )

    @model_validator(mode="after")
    def providers_differ(self) -> Self:
        if len({one.key for one in self.providers}) < len(self.providers):
            raise ValueError("two providers have the same key")
        if len({one.issuer for one in self.providers}) < len(self.providers):
            raise ValueError("two providers have the same issuer")
        return self

    @property
    def data_folder(self) -> Path:
        return self.data.resolve()

    @property
    def shared_folder(self) -> Path | None:
        return Path(self.blobs.removeprefix("file://")) if self.blobs else None

    @property
    def sqlalchemy_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_folder / 'bilik.sqlite3'}"
