"""Options of the commands that read a table of labelled photographs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

__all__ = ["Identity", "Same"]

Identity: TypeAlias = Annotated[
    str | None, typer.Option(help="the column of the person, if not `identity`")
]
Same: TypeAlias = Annotated[
    Path | None, typer.Option(help="table (CSV: first, second) of files that show one person")
]
