"""The rules that hold by construction: nothing in overt can break them, and a test shows it.

They are in every policy, so that people find them, and no policy can change them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from overt.governance.findings import Finding, judged
from overt.governance.rules_subject import Subject

__all__ = ["HELD", "Held", "held"]

Check: TypeAlias = Callable[[Subject, None, datetime], Finding]


class Held(NamedTuple):
    """What is so, and the test that shows it."""

    want: str
    test: str


HELD: Final[Mapping[str, Held]] = MappingProxyType(
    {
        "human-decision": Held(
            "every alert judged by a person, and nothing that happens by itself",
            "tests/governance/test_policy_held.py::test_no_act_is_recorded_without_a_person",
        ),
        "non-matching-forgotten": Held(
            "no template and no picture of a face that does not match, ever stored",
            "tests/end_to_end/test_nothing_is_kept.py"
            "::test_no_template_and_no_pixel_of_a_passer_by_is_left",
        ),
        "bystanders-masked": Held(
            "everybody else masked in what a person is shown",
            "tests/end_to_end/test_nothing_is_kept.py::test_no_picture_shows_a_passer_by",
        ),
        "video-not-recorded": Held(
            "no video written",
            "tests/governance/test_policy_held.py::test_nothing_writes_video",
        ),
        "no-search-of-footage": Held(
            "no old footage searched for a face",
            "tests/governance/test_rules.py::test_each_rule_fails_alone",
        ),
        "no-following": Held(
            "nobody followed from one camera to another",
            "tests/track/test_tracker.py::test_two_cameras_count_for_themselves",
        ),
        "no-guessing": Held(
            "no guess of ethnicity, gender, age or feeling from a face",
            "tests/governance/test_policy_held.py::test_nothing_guesses_what_somebody_is",
        ),
    }
)


def held(rule: str) -> Check:
    """Make the check of a rule that holds by construction."""
    want, test = HELD[rule]

    def check(_subject: Subject, _value: None, _now: datetime) -> Finding:
        return judged(rule, holds=True, about="overt", got=f"it by construction: {test}", want=want)

    return check
