"""Who is listed and who is a probe: drawn by person, with a fixed seed (an open set)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from overt.errors import EvaluationError
from overt.evaluation.photographs import Photograph

__all__ = ["Dealt", "deal"]


@dataclass(frozen=True, slots=True)
class Dealt:
    """Rows of the photographs, each in one of three parts or none."""

    listed: tuple[int, ...]  # one photograph of each listed person, in random order
    mated: tuple[int, ...]  # the other photographs of these people
    nonmated: tuple[int, ...]  # photographs of everybody else


def deal(photographs: tuple[Photograph, ...], *, listed: int, seed: int) -> Dealt:
    """List so many people, and make probes of all other photographs.

    People with two photographs or more are listed first, as only they can be recognised; their
    first photograph in order of file names is the entry. The order of people is that of SHA-256
    over the seed and the identity, so that it depends on nobody else in the set.

    Raises:
        EvaluationError: nobody would be left who is not listed.
    """
    people: dict[str, list[int]] = {}
    for row, photograph in enumerate(photographs):
        people.setdefault(photograph.identity, []).append(row)
    if not 1 <= listed < len(people):
        raise EvaluationError(
            f"listed: got {listed}, want 1 to {len(people) - 1}: the set has {len(people)} people, "
            "and one at least must not be listed"
        )
    drawn = sorted(people, key=lambda identity: _place(identity, seed))
    first = sorted(drawn, key=lambda identity: len(people[identity]) < 2)[:listed]
    chosen = set(first)
    by_name = {
        identity: sorted(people[identity], key=lambda row: photographs[row].file.name)
        for identity in people
    }
    return Dealt(
        # In the drawn order: a shorter list is the beginning of a longer one, whoever is on it.
        listed=tuple(by_name[identity][0] for identity in drawn if identity in chosen),
        mated=tuple(
            row for identity in drawn if identity in chosen for row in by_name[identity][1:]
        ),
        nonmated=tuple(
            row for identity in drawn if identity not in chosen for row in by_name[identity]
        ),
    )


def _place(identity: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}:{identity}".encode()).hexdigest()
