"""Where each command is written, so that calling one loads what it needs and no other."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from functools import cache
from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_group

__all__ = ["Commands", "LazyGroup"]

PACKAGE: Final = "overt.cli"
# The module of each command, and what it is called there. In the order that people are shown.
PLACES: Final = {
    "demo": "demo:demo",
    "try": "trying:try_video",
    "run": "run:run",
    "serve": "serve:serve",
    "thresholds": "thresholds:thresholds",
    "version": "version:version",
    "doctor": "doctor:doctor",
    "backup": "backup:backup",
    "restore": "backup:restore",
    "sync": "sync:bring_home",
    "audit": "audit:audit",
    "disclose": "disclose:disclose",
    "monitor": "monitor:monitor",
    "combine": "combine:combine",
    "publish": "publish:publish",
    "verify": "verify:verify",
    "survey": "survey:survey",
    "simulate": "simulate:simulate",
    "deployment": "deployment:deployment",
    "alert": "alert:alert",
    "ledger": "ledger:ledger",
    "report": "report:report",
    "claims": "claims:claims",
    "cluster": "cluster:cluster",
    "evaluate": "evaluate:evaluate",
    "keys": "keys:keys",
    "retention": "retention:retention",
    "camera": "camera:camera",
    "models": "models:models",
    "db": "db:db",
    "passages": "passages:passages",
    "policy": "policy:policy",
    "watchlist": "watchlist:watchlist",
}
# What a group has besides the commands of its own module.
BESIDES: Final = {
    "alert": {"decoy": "decoys:decoy", "agreement": "decoys:agreement"},
    "report": {"atrs": "atrs:atrs"},
    "evaluate": {"clip": "evaluate_clip:clip", "passages": "evaluate_passages:walked"},
}


class Commands(MutableMapping[str, Any]):
    """The commands by name; one is loaded when it is asked for."""

    def __init__(self, markup: Any) -> None:
        """Take how help is marked up, which Typer tells each command."""
        self._markup = markup
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = _made(name, PLACES[name], self._markup)
        return self._made[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in PLACES

    def __iter__(self) -> Iterator[str]:
        return iter(PLACES)

    def __len__(self) -> int:
        return len(PLACES)


class LazyGroup(TyperGroup):
    """A group whose commands are loaded when they are called."""

    def __init__(self, **attributes: Any) -> None:
        """Take what Typer gives a group, of which it has no commands."""
        super().__init__(**attributes)
        self.commands = Commands(self.rich_markup_mode)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - Typer hands it in
        """Give the names, for which nothing is loaded."""
        return list(self.commands)


def _made(name: str, place: str, markup: Any) -> Any:
    """Make a command, or a group with its commands, of what is written at a place."""
    holder = typer.Typer(rich_markup_mode=markup, callback=lambda: None)
    found = _found(place)
    if isinstance(found, typer.Typer):
        holder.add_typer(_whole(name), name=name)
    else:
        holder.command(name)(found)
    return get_group(holder).commands[name]


@cache
def _whole(name: str) -> typer.Typer:
    group: typer.Typer = _found(PLACES[name])
    for word, place in BESIDES.get(name, {}).items():
        group.command(word)(_found(place))
    return group


def _found(place: str) -> Any:
    module, _, attribute = place.partition(":")
    return getattr(import_module(f"{PACKAGE}.{module}"), attribute)
