"""The groups that differences are told for, as people recorded them: never guessed from a face."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from overt.values.demographics import AgeBand, EthnicityGroup, Gender

__all__ = ["GROUPS", "NOT_KNOWN", "Dimension", "Group", "of_dimension"]


class Dimension(StrEnum):
    """What groups are told apart by."""

    ETHNICITY = "ethnicity"
    GENDER = "gender"
    AGE = "age"


@dataclass(frozen=True, slots=True)
class Group:
    """One group: its name in options and ids, and how sentences call it."""

    name: str
    dimension: Dimension
    value: str  # of the column of the tables
    people: str  # after "were": "Black people"

    @property
    def column(self) -> str:
        """The column of the tables that holds it."""
        return COLUMNS[self.dimension]


COLUMNS: Final[Mapping[Dimension, str]] = MappingProxyType(
    {Dimension.ETHNICITY: "group", Dimension.GENDER: "gender", Dimension.AGE: "age"}
)
# What is recorded where nobody knows, or nobody said.
NOT_KNOWN: Final = (
    str(EthnicityGroup.UNKNOWN),
    str(Gender.NOT_STATED),
    str(Gender.NOT_RECORDED),
    str(AgeBand.NOT_RECORDED),
)


def ethnicity(name: str, value: EthnicityGroup, people: str) -> Group:
    return Group(name, Dimension.ETHNICITY, str(value), people)


def aged(value: AgeBand) -> Group:
    text = str(value)
    return Group(f"aged-{text.replace(' ', '-')}", Dimension.AGE, text, f"people aged {text}")


EVERY: Final = (
    ethnicity("white", EthnicityGroup.WHITE, "White people"),
    ethnicity("mixed", EthnicityGroup.MIXED, "people of mixed or multiple ethnicity"),
    ethnicity("asian", EthnicityGroup.ASIAN, "Asian people"),
    ethnicity("black", EthnicityGroup.BLACK, "Black people"),
    ethnicity("other-ethnic-group", EthnicityGroup.OTHER, "people of another ethnic group"),
    Group("female", Dimension.GENDER, str(Gender.FEMALE), "women or girls"),
    Group("male", Dimension.GENDER, str(Gender.MALE), "men or boys"),
    Group("another-gender", Dimension.GENDER, str(Gender.OTHER), "people of another gender"),
    Group("under-18", Dimension.AGE, str(AgeBand.UNDER_18), "people under 18"),
    *(aged(band) for band in AgeBand if band not in (AgeBand.UNDER_18, AgeBand.NOT_RECORDED)),
)
GROUPS: Final[Mapping[str, Group]] = MappingProxyType({group.name: group for group in EVERY})


def of_dimension(dimension: Dimension) -> tuple[Group, ...]:
    """Give the groups of a dimension, in their order."""
    return tuple(group for group in EVERY if group.dimension is dimension)
