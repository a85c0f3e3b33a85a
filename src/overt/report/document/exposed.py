"""What is assumed of a group's share of the faces seen: written down, for nobody counts it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from overt.errors import ReportError

__all__ = ["Exposed", "read_exposed"]

WANT: Final = "GROUP=SHARE or GROUP=LOW..HIGH, then @PLACE and :SOURCE where there are any"
SHARE: Final = r"[0-9]*\.?[0-9]+"
FORM: Final = re.compile(
    r"(?P<group>[A-Za-z0-9-]+)(@(?P<place>[^=]+))?="
    rf"(?P<low>{SHARE})(\.\.(?P<high>{SHARE}))?(:(?P<source>.*))?"
)


@dataclass(frozen=True, slots=True)
class Exposed:
    """A group's share of the faces seen, from `low` to `high`; both are the same where it is one.

    Nobody counts the ethnicity, gender or age of who passes. So the share comes from somebody:
    `source` says from whom, and is printed beside what follows from it.
    """

    group: str  # its name: "black"
    low: float
    high: float
    source: str = ""
    place: str = ""  # of this place alone; "": of all faces of the report

    def __post_init__(self) -> None:
        if not 0 < self.low <= self.high < 1:
            raise ReportError(
                f"exposure of {self.group}: got {self.low:g} to {self.high:g}, want a share of "
                "the faces seen above 0 and below 1, the lower first"
            )

    @property
    def is_one_figure(self) -> bool:
        """Whether it is one share, not a range."""
        return self.low == self.high


def read_exposed(text: str) -> Exposed:
    """Read an exposure as the command line has it.

    >>> read_exposed("black=0.13..0.2:Census 2021")
    Exposed(group='black', low=0.13, high=0.2, source='Census 2021', place='')
    >>> read_exposed("black@High Street=0.135")
    Exposed(group='black', low=0.135, high=0.135, source='', place='High Street')

    Raises:
        ReportError: it is written in another way, or is no share.
    """
    found = FORM.fullmatch(text.strip())
    if found is None:
        raise ReportError(
            f"exposure: got {text!r}, want {WANT}",
            hint="for example: --exposure 'black=0.13..0.2:Census 2021, London'",
        )
    low = float(found["low"])
    high = float(found["high"]) if found["high"] else low
    source, place = (found["source"] or "").strip(), (found["place"] or "").strip()
    return Exposed(found["group"].lower(), low, high, source, place)
