"""The fast way and the library's give the same bytes, of anything that JSON holds."""

from __future__ import annotations

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from overt.records.canonical import canonical_bytes

SAFE = 2**53 - 1
texts = st.text(st.characters(exclude_categories=("Cs",)))
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-SAFE, SAFE)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.floats(1e-5, 1e-3)
    | st.floats(1e14, 1e22)
    | texts
)
trees = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=12
)


@given(st.dictionaries(texts, trees))
def test_any_tree_is_written_as_the_library_writes_it(tree: dict[str, object]) -> None:
    assert canonical_bytes(tree) == rfc8785.dumps(tree)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    "value",
    [0.0, -0.0, 1.0, 0.1, 1e-4, 9.999e-5, 1e-7, 1e15, 1e16, 1e21, 5e-324, 123456789.125, SAFE],
)
def test_numbers_at_the_edges(value: float) -> None:
    assert canonical_bytes({"n": value}) == rfc8785.dumps({"n": value})


@pytest.mark.parametrize("text", ["\x00\x1f\x7f\u2028\u2029", '"\\/\b\f\n\r\t', "é\U0001f600"])
def test_characters_that_are_escaped(text: str) -> None:
    assert canonical_bytes({"t": text}) == rfc8785.dumps({"t": text})


@pytest.mark.parametrize("value", [SAFE + 1, float("nan"), float("inf")])
def test_what_json_cannot_hold_is_refused(value: float) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical_bytes({"n": value})


def test_keys_that_sort_by_utf_16_do() -> None:
    """RFC 8785, 3.2.3: a surrogate pair sorts below U+FB33, though its code point is above."""
    tree = {"\ufb33": 1, "\U0001f600": 2, "a": 3}
    assert canonical_bytes(tree) == '{"a":3,"\U0001f600":2,"\ufb33":1}'.encode()
