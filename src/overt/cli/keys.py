"""`overt keys`: what wraps the data keys, and their move from one master key to another."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from overt.cli.plain import plain_console
from overt.errors import InputError
from overt.settings import Settings, read_settings
from overt.vault.keys import KeyRing, master_path
from overt.vault.master_command import MasterCommand
from overt.vault.rewrap import rewrap_ring, shred_master
from overt.vault.wrapping import Wrapping

__all__ = ["keys"]

keys = typer.Typer(help="The keys of sealed data.", no_args_is_help=True)
console = plain_console(stderr=True)


@keys.command()
def status() -> int:
    """Count the data keys by kind and by what wraps them; 1 where the settings do not open some.

    Shows no key, and of the master command only the program's name.
    """
    settings = read_settings()
    settings.make_data_dir()
    want = Wrapping.COMMAND if settings.master_command else Wrapping.FILE
    kinds = _wrappings(settings)
    counts = Counter((name.partition("-")[0], str(kind)) for name, kind in kinds.items())
    for (kind, wrapping), count in sorted(counts.items()):
        print(f"{kind}\t{wrapping}\t{count}")
    there = "there" if master_path(settings.keys_dir).exists() else "none"
    program = _command(settings).program if settings.master_command else "none"
    console.print(f"master key's file: {there}; master command: {program}", soft_wrap=True)
    others = sum(kind is not want for kind in kinds.values())
    if others:
        console.print(
            f"{others} keys do not open: the settings want the {want}; "
            "with master_command set, run `overt keys rewrap`",
            soft_wrap=True,
        )
    lost = there == "none" and Wrapping.FILE in kinds.values()
    if lost:
        console.print(
            "the master key's file is not there: what it wraps does not open; restore it",
            soft_wrap=True,
        )
    return 1 if others or lost else 0


@keys.command()
def rewrap(
    *,
    to: Annotated[Wrapping, typer.Option(help="what wraps them afterwards")],
    shred_file: Annotated[
        bool, typer.Option("--shred-file", help="then destroy the master key's file, for good")
    ] = False,
) -> None:
    """Wrap every data key anew: by the command, or by the master key's file again.

    Stop what runs here first. Broken off, it goes on where it was when it is run again.
    """
    if shred_file and to is not Wrapping.COMMAND:
        raise InputError("--shred-file: got it with --to file, want it with --to command only")
    settings = read_settings()
    settings.make_data_dir()
    command = _command(settings)
    moved = 0
    total = sum(kind is not to for kind in _wrappings(settings).values())
    with console.status("wrapping") as shown:
        for _ in rewrap_ring(settings.keys_dir, command=command, to=to):
            moved += 1
            shown.update(f"wrapped {moved:,} of {total:,} keys")
    print(f"{moved} keys are wrapped by the {to} now")
    if shred_file and shred_master(settings.keys_dir, command=command):
        print("the master key's file is destroyed")


def _command(settings: Settings) -> MasterCommand:
    if not settings.master_command:
        raise InputError(
            "master_command: got none, want the program that wraps keys",
            hint="set it, as docs/guides/keys.md says; going back to the file needs it too",
        )
    return MasterCommand(settings.master_command)


def _wrappings(settings: Settings) -> dict[str, Wrapping]:
    """Tell what wraps each key, whichever master key is set."""
    if not (settings.keys_dir / "keys").exists():
        return {}
    return KeyRing(settings.keys_dir, master=_Closed()).wrappings()


class _Closed:
    """Opens nothing: to count keys, no master key is needed."""

    def wrap(self, key: bytes, /, *, name: str) -> bytes:
        raise NotImplementedError

    def unwrap(self, wrapped: bytes, /, *, name: str) -> bytes:
        raise NotImplementedError
