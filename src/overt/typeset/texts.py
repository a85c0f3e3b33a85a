"""Every text of a report, or of a part of one, wherever in the tree of its values it stands."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import TypeVar, cast

__all__ = ["each_text", "texts_of"]

Tree = TypeVar("Tree")


def texts_of(tree: object) -> Iterator[str]:
    """Give every text."""
    match tree:
        case str():
            yield tree
        case tuple():
            for item in cast("tuple[object, ...]", tree):
                yield from texts_of(item)
        case _ if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
            for field in dataclasses.fields(tree):
                yield from texts_of(getattr(tree, field.name))
        case _:
            return


def each_text(tree: Tree, change: Callable[[str], str]) -> Tree:
    """Give the same tree with every text changed."""
    made: object = tree
    match tree:
        case StrEnum():
            pass
        case str():
            made = change(tree)
        case tuple():
            made = tuple(each_text(item, change) for item in cast("tuple[object, ...]", tree))
        case _ if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
            names = [field.name for field in dataclasses.fields(tree)]
            made = dataclasses.replace(
                tree, **{name: each_text(getattr(tree, name), change) for name in names}
            )
        case _:
            pass
    return cast("Tree", made)
