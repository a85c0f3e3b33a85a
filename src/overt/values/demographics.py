"""What people say of themselves, or officers note, after an engagement; never guessed from a face.

The groups are those of the 2011 census of England and Wales as the police record them: 18 and
"not stated" (18+1), rolled up into five.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = ["AgeBand", "Demographics", "Ethnicity", "EthnicityGroup", "Gender", "group_of"]


class EthnicityGroup(StrEnum):
    """The five groups that the 18 roll up into."""

    WHITE = "White"
    MIXED = "Mixed or multiple"
    ASIAN = "Asian or Asian British"
    BLACK = "Black, African, Caribbean or Black British"
    OTHER = "Other ethnic group"
    UNKNOWN = "Not stated or not recorded"


class Ethnicity(StrEnum):
    """The 18+1 groups, by their recording codes, and `not recorded`."""

    W1 = "White: English, Welsh, Scottish, Northern Irish or British"
    W2 = "White: Irish"
    W3 = "White: Gypsy or Irish Traveller"
    W9 = "White: any other"
    M1 = "Mixed: White and Black Caribbean"
    M2 = "Mixed: White and Black African"
    M3 = "Mixed: White and Asian"
    M9 = "Mixed: any other"
    A1 = "Asian: Indian"
    A2 = "Asian: Pakistani"
    A3 = "Asian: Bangladeshi"
    A4 = "Asian: Chinese"
    A9 = "Asian: any other"
    B1 = "Black: Caribbean"
    B2 = "Black: African"
    B9 = "Black: any other"
    O2 = "Other: Arab"
    O9 = "Other: any other"
    NS = "not stated"
    NR = "not recorded"


ROLL_UP: Final[Mapping[str, EthnicityGroup]] = {
    "W": EthnicityGroup.WHITE,
    "M": EthnicityGroup.MIXED,
    "A": EthnicityGroup.ASIAN,
    "B": EthnicityGroup.BLACK,
    "O": EthnicityGroup.OTHER,
    "N": EthnicityGroup.UNKNOWN,
}


def group_of(ethnicity: Ethnicity) -> EthnicityGroup:
    """Roll an ethnicity up into its group of five.

    >>> str(group_of(Ethnicity.B1))
    'Black, African, Caribbean or Black British'
    """
    return ROLL_UP[ethnicity.name[0]]


class Gender(StrEnum):
    """As recorded by a person."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    NOT_STATED = "not stated"
    NOT_RECORDED = "not recorded"


class AgeBand(StrEnum):
    """As recorded by a person."""

    UNDER_18 = "under 18"
    FROM_18 = "18 to 24"
    FROM_25 = "25 to 34"
    FROM_35 = "35 to 44"
    FROM_45 = "45 to 54"
    FROM_55 = "55 to 64"
    FROM_65 = "65 and over"
    NOT_RECORDED = "not recorded"


@dataclass(frozen=True, slots=True)
class Demographics:
    """What is known of one engaged person; self-defined comes first wherever both are known."""

    self_defined: Ethnicity = Ethnicity.NR
    officer_defined: Ethnicity = Ethnicity.NR
    gender: Gender = Gender.NOT_RECORDED
    age: AgeBand = AgeBand.NOT_RECORDED

    @property
    def ethnicity(self) -> Ethnicity:
        """Self-defined where it was said, else officer-defined."""
        return self.self_defined if self.is_self_defined else self.officer_defined

    @property
    def is_self_defined(self) -> bool:
        """Whether the ethnicity is the person's own word."""
        return self.self_defined not in (Ethnicity.NR, Ethnicity.NS)
