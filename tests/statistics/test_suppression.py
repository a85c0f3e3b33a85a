"""No withheld figure can be found by subtraction."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from overt.statistics.suppression import Reason, withheld

groups = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 90), max_size=8)


@given(groups, st.integers(2, 50))
def test_what_is_left_over_is_two_groups_of_enough_people(
    counts: dict[str, int], fewest: int
) -> None:
    found = withheld(counts, fewest=fewest)
    few = {name for name, count in counts.items() if count < fewest}
    assert few == {name for name, reason in found.items() if reason is Reason.FEW}
    shown = counts.keys() - found.keys()
    if found and shown:
        assert len(found) >= 2
        assert sum(counts[name] for name in found) >= fewest
        assert max(counts[name] for name in found) <= min(counts[name] for name in shown)


@given(groups, st.integers(2, 50))
def test_no_more_is_withheld_than_must_be(counts: dict[str, int], fewest: int) -> None:
    found = withheld(counts, fewest=fewest)
    second = [name for name, reason in found.items() if reason is Reason.FOUND]
    for name in second:
        rest = [each for each in found if each != name]
        largest = counts[name] == max(counts[each] for each in second)
        if largest:
            assert len(rest) < 2 or sum(counts[each] for each in rest) < fewest


def test_all_large_are_shown() -> None:
    assert withheld({"a": 30, "b": 31}, fewest=30) == {}
    assert withheld({"a": 29, "b": 40, "c": 31}, fewest=30) == {
        "a": Reason.FEW,
        "c": Reason.FOUND,
    }
