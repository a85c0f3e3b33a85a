"""What is set for this machine rather than for one deployment: folders, providers, threads."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, cast

import platformdirs
import pydantic_settings
import rfc8785
from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from overt.errors import SettingsError
from overt.text import printable

__all__ = ["CONFIG_FILE", "Serving", "Settings", "read_settings", "snapshot"]

CONFIG_FILE = "overt.toml"
PREFIX: Final = "OVERT_"
LOGIN: Final = re.compile(r"://\S*@")  # of an address


class Serving(StrEnum):
    """When a camera gets a process of its own."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Settings(BaseSettings):
    """Read from the environment (`OVERT_DATA_DIR`, ...), then from `overt.toml` where overt runs.

    No safeguard is loosened here: a policy that is named may be stricter than the reference only.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,  # an empty folder would be the one where overt runs
        toml_file=CONFIG_FILE,
        extra="forbid",
        frozen=True,
    )

    data_dir: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("overt"),
        description="events, sealed evidence, keys and added bundles",
    )
    records: str = Field(
        default="",
        description="where events are appended: postgresql://..., or a file in the data folder",
    )
    cache_dir: Path = Field(
        default_factory=lambda: platformdirs.user_cache_path("overt"),
        description="converted models; can be deleted at any time",
    )
    providers: tuple[str, ...] = Field(
        default=("CPUExecutionProvider",),
        min_length=1,
        description="ONNX Runtime execution providers, the preferred first",
    )
    decode_threads: int = Field(
        default=1, ge=1, le=16, description="threads that decode one camera's video"
    )
    camera_processes: Serving = Field(
        default=Serving.AUTO,
        description="a process for each camera: always, never, or auto: where there are several",
    )
    cluster: str = Field(
        default="",
        description="cluster that cameras are run on, HOST:PORT; if not given, this machine",
    )
    cluster_cpus: float = Field(
        default=1.0, gt=0, le=256, description="cores that a camera takes of a cluster's node"
    )
    cluster_gpus: float = Field(
        default=0.0, ge=0, le=8, description="share of a GPU that it takes there, 0.1 for a tenth"
    )
    policy: str = Field(
        default="reference",
        min_length=1,
        description="the rules that deployments keep: a policy's name or file",
    )
    witnesses: tuple[str, ...] = Field(
        default=(),
        description="public keys of those who cosign the ledger's checkpoints",
    )
    master_command: tuple[str, ...] = Field(
        default=(),
        description="program and arguments that wrap data keys; if not given, a key in a file does",
    )

    web_address: str = Field(
        default="",
        description="where the console listens, HOST:PORT; if not given, this machine alone",
    )
    web_certificate: Path | None = Field(
        default=None, description="the console's TLS certificate with its chain (PEM)"
    )
    web_key: Path | None = Field(default=None, description="the certificate's private key (PEM)")
    web_metrics_token: Path | None = Field(
        default=None, description="file with the token that other machines read /metrics with"
    )
    web_hooks: tuple[str, ...] = Field(
        default=(),
        description="addresses that what happens is posted to, without names; https://...",
    )
    web_hooks_key: Path | None = Field(
        default=None, description="file with the key that those posts are signed with"
    )
    web_sync_logs: tuple[str, ...] = Field(
        default=(),
        description="first keys of the machines' logs whose records may be brought to the console",
    )
    web_public_dir: Path | None = Field(
        default=None, description="folder of published reports, shown to anybody by the console"
    )
    web_public_base: str = Field(
        default="", description="address at which the public finds that folder; https://..."
    )
    web_public_licence: str = Field(
        default="notspecified",
        pattern=r"^[A-Za-z0-9.+-]{1,60}$",
        description="licence of open data published by the console: its id at opendefinition.org",
    )

    web_log: Path | None = Field(
        default=None, description="file that the console's log lines go to, not standard error"
    )
    web_log_largest_mb: int = Field(
        default=0,
        ge=0,
        le=10_000,
        description="size after which that file is put aside and another begun; 0: never",
    )
    web_oidc_issuer: str = Field(
        default="", description="login service of one's own organisation; https://..."
    )
    web_oidc_client: str = Field(default="", description="the console's client id there")
    web_oidc_secret: Path | None = Field(
        default=None, description="file with the console's client secret there"
    )
    web_oidc_scopes: tuple[str, ...] = Field(
        default=("openid",), description="scopes that the console asks the login service for"
    )
    web_oidc_claim: str = Field(
        default="", description="claim that people can be linked by, besides their subject"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the base class hands it in
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Say what counts more: what is handed in, the environment, the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    def make_data_dir(self) -> None:
        """Make the data folder, private to its owner, where it is not there yet.

        Raises:
            SettingsError: it cannot be made.
        """
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise SettingsError(
                f"data folder {str(self.data_dir)!r}: got {error.strerror}, want a folder",
                hint="name a folder that can be made and written",
            ) from error

    @property
    def bundles_dir(self) -> Path:
        """Where added bundles lie."""
        return self.data_dir / "bundles"

    @property
    def comparisons_dir(self) -> Path:
        """Where comparisons lie that show what a change of bundle or threshold does."""
        return self.data_dir / "comparisons"

    @property
    def deployments_dir(self) -> Path:
        """Where the files of deployments drafted in the console lie, and the lists they name."""
        return self.data_dir / "deployments"

    @property
    def keys_dir(self) -> Path:
        """Where keys lie: the data's life."""
        return self.data_dir / "keys"

    @property
    def live_dir(self) -> Path:
        """Where what runs on this machine is found by a console: a socket for each."""
        return self.data_dir / "live"

    @property
    def runs_dir(self) -> Path:
        """Where what was begun from the console writes what it has to say."""
        return self.data_dir / "runs"

    @property
    def evidence_dir(self) -> Path:
        """Where the sealed evidence of alerts lies."""
        return self.data_dir / "evidence"

    @property
    def disclosure_dir(self) -> Path:
        """Where the sealed indexes lie that tell whether somebody was listed."""
        return self.data_dir / "disclosure"

    @property
    def ledger_dir(self) -> Path:
        """Where the log's hashes, checkpoints and sealed signing key lie."""
        return self.data_dir / "ledger"

    @property
    def record_address(self) -> str | Path:
        """Where events are appended: the address that is set, else a file in the data folder."""
        return self.records or self.data_dir / "events.sqlite"

    @property
    def accounts_address(self) -> str | Path:
        """Where accounts are kept: on the record's server, else in a file of their own."""
        server = "://" in self.records
        return self.records if server else self.data_dir / "accounts.sqlite"


def snapshot(settings: Settings) -> str:
    """Write the settings as canonical JSON (RFC 8785) to be recorded.

    Logins are left out, and of the master command all but the program's name: its arguments may
    be, or tell where to find, a secret.
    """
    values = settings.model_dump(mode="json")
    values["web_hooks"] = len(settings.web_hooks)  # an address may hold a secret
    values["master_command"] = [Path(part).name for part in settings.master_command[:1]]
    return rfc8785.dumps(_without_logins(values)).decode()


def _without_logins(value: Any) -> Any:
    """Take `user:password@` out of every address, at any depth."""
    match value:
        case str():
            return LOGIN.sub("://", printable(value))  # a path may hold bytes that are no text
        case dict():
            items = cast("dict[str, object]", value).items()
            return {key: _without_logins(item) for key, item in items}
        case list():
            return [_without_logins(item) for item in cast("list[object]", value)]
        case _:
            return value


def read_settings() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: a setting is unknown, of another type or out of range.
    """
    _require_known(os.environ)
    try:
        return Settings()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{CONFIG_FILE}: got {error}, want TOML") from error
    except pydantic_settings.SettingsError as error:  # a list in the environment that is no JSON
        raise SettingsError(f"settings: {error}, want a list as JSON") from error
    except ValidationError as error:
        lines = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc'])}: got {_shown(problem)}, "
            f"{problem['msg']}"
            for problem in error.errors()
        )
        raise SettingsError(f"settings: {lines}") from error


def _shown(problem: ErrorDetails) -> str:
    """Give what was got, unless it may hold a secret."""
    secret = problem["loc"][:1] in {("master_command",), ("web_hooks",)}
    return "what is not shown" if secret else repr(problem["input"])


def _require_known(environment: Mapping[str, str]) -> None:
    """Refuse a misspelt variable: it would be taken for one that was not set."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    found = {name for name in environment if name.upper().startswith(PREFIX)}
    unknown = sorted(name for name in found if name.upper() not in known)
    if unknown:
        raise SettingsError(f"settings: got {', '.join(unknown)}, want of {sorted(known)}")
