"""Policies as files (TOML): read strictly, and refused where they are looser than the reference."""

from __future__ import annotations

import hashlib
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Final

import rfc8785

from overt.errors import PolicyError
from overt.governance.policy import Fails, Grade, Policy, PolicyRule
from overt.governance.policy_known import KNOWN
from overt.governance.policy_strictness import stricter_or_equal
from overt.table import Table

__all__ = [
    "REFERENCE",
    "open_policy",
    "policy_names",
    "policy_of",
    "read_policy",
    "reference_policy",
]

REFERENCE: Final = "reference"
SUFFIX: Final = ".toml"
NAME_PATTERN: Final = r"[a-z0-9][a-z0-9-]{0,63}"
LARGEST: Final = 1 << 20  # bytes; a policy is read into every deployment's record


def policy_names() -> tuple[str, ...]:
    """List the policies that come with overt, the reference first."""
    found = sorted(path.stem for path in _folder().glob(f"*{SUFFIX}"))
    return (REFERENCE, *(name for name in found if name != REFERENCE))


def reference_policy() -> Policy:
    """Read the reference policy: no other may be looser."""
    return read_policy(_folder() / f"{REFERENCE}{SUFFIX}")


def open_policy(name_or_path: str | Path) -> Policy:
    """Read a policy that comes with overt, by its name, or one's own, by its path.

    Raises:
        PolicyError: there is none, it cannot be read, or it is looser than the reference; the
            message names every way in which it is.
    """
    policy = read_policy(_find(name_or_path))
    looser = stricter_or_equal(policy, reference_policy())
    if looser:
        lines = "\n".join(f"  - {finding}" for finding in looser)
        raise PolicyError(
            f"policy {policy.name} is looser than the reference:\n{lines}",
            hint="a policy may be stricter than the reference, never looser: "
            "`overt policy compare reference POLICY`",
        )
    return policy


def read_policy(path: Path) -> Policy:
    """Read a policy's file; whether it is strict enough is not asked here.

    Raises:
        PolicyError: it cannot be read, a rule is unknown or there twice, or a value is wrong.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        text = content.decode()
    except OSError as error:
        raise PolicyError(f"{path}: got {error.strerror}, want a policy") from error
    except UnicodeDecodeError as error:
        raise PolicyError(f"{path}: got {error}, want TOML") from error
    if len(content) > LARGEST:
        raise PolicyError(f"{path}: got more than {LARGEST:,} bytes, want a policy")
    return policy_of(text, file=str(path))


def policy_of(text: str, *, file: str) -> Policy:
    """Read a policy's text, which `file` names in errors.

    Raises:
        PolicyError: it is no TOML, a rule is unknown or there twice, or a value is wrong.
    """
    try:
        parsed = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise PolicyError(f"{file}: got {error}, want TOML") from error
    table = Table(parsed, file=file, error=PolicyError)
    policy = Policy(
        name=table.text("name", pattern=NAME_PATTERN, want="small letters, digits and dashes"),
        version=table.text("version"),
        rules=tuple(_rule(rule) for rule in table.tables("rule")),
        digest=_digest(parsed, file),
        text=text,
    )
    table.done()
    return policy


def _rule(table: Table) -> PolicyRule:
    rule = table.text("id")
    kind = KNOWN.get(rule)
    if kind is None:
        table.wrong("id", rule, f"one of {', '.join(KNOWN)}")
    read = PolicyRule(
        id=rule,
        value=kind.read(table, "value"),
        fails=table.choice("fails", Fails),
        source=table.text("source"),
        grade=table.choice("grade", Grade),
        text=table.text("text"),
    )
    table.done()
    return read


def _digest(content: dict[str, object], file: str) -> str:
    """Hash the canonical bytes of RFC 8785: blanks, comments and the order of keys do not count."""
    try:
        return hashlib.sha256(rfc8785.dumps(content)).hexdigest()  # pyright: ignore[reportArgumentType]: checked by the call
    except rfc8785.CanonicalizationError as error:
        raise PolicyError(f"{file}: got a value without canonical form: {error}") from error


def _find(name_or_path: str | Path) -> Path:
    names = policy_names()
    if name_or_path in names:
        return _folder() / f"{name_or_path}{SUFFIX}"
    path = Path(name_or_path)
    if not path.is_file():
        raise PolicyError(
            f"policy: got {str(name_or_path)!r}, want a policy's file or one of {', '.join(names)}"
        )
    return path


def _folder() -> Path:
    return Path(str(files("overt") / "policies"))
