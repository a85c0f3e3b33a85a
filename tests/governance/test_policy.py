"""A policy is read strictly, and used only where no rule is looser than the reference's."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overt.errors import PolicyError
from overt.governance.policy import Fails, Policy, PolicyRule
from overt.governance.policy_file import open_policy, read_policy, reference_policy
from overt.governance.policy_kinds import (
    Always,
    Bound,
    Cap,
    Caps,
    Duration,
    Figures,
    Kind,
    Number,
    Parts,
    Rate,
    Some,
    Value,
    written_duration,
)
from overt.governance.policy_known import KNOWN
from overt.governance.policy_strictness import Difference, compare, stricter_or_equal
from overt.table import Table

REFERENCE = reference_policy()
SENIOR = "Superintendent, Chief Superintendent, Commander, Chief Officer"
HOUR = timedelta(hours=1)


def table(value: str) -> Table:
    return Table(tomllib.loads(f"value = {value}"), file="p.toml", error=PolicyError)


LIST = Some(("a", "b", "c"))
CAPS = Caps(("a", "b"))
LOW, HIGH = Number(Bound.FLOOR, 0, 1), Number(Bound.CEILING, 0, 1)
BOTH = Parts((("ratio", HIGH), ("at", Rate())))
READ: list[tuple[Kind[Any], str, object]] = [
    (Always(), "true", None),
    (LOW, "0.6", 0.6),
    (LOW, "1", 1),
    (Duration(), '"24 h"', 24 * HOUR),
    (Duration(), '"31 d"', timedelta(days=31)),
    (Duration(), '"0 s"', timedelta(0)),
    (Duration(), '"90 min"', 1.5 * HOUR),
    (Rate(), '"1 in 1000"', 0.001),
    (Rate(), '"1 in 1,000"', 0.001),
    (Rate(), '"1 in 1"', 1.0),
    (LIST, '["c", "a"]', ("a", "c")),
    (LIST, "[]", ()),
    (CAPS, "{}", {}),
    (BOTH, '{ at = "1 in 100", ratio = 0.5 }', Figures({"ratio": 0.5, "at": 0.01})),
    (
        CAPS,
        '{ a = "12.5 %", b = 3 }',
        {"a": Cap(0.125, is_share=True), "b": Cap(3, is_share=False)},
    ),
]


@pytest.mark.parametrize(("kind", "text", "want"), READ)
def test_a_value_is_read(kind: Kind[Any], text: str, want: object) -> None:
    assert kind.read(table(text), "value") == want


WRONG: list[tuple[Kind[Any], str, str]] = [
    *[(Always(), text, "true") for text in ("1", '"yes"', '"true"')],
    (Always(), "false", "cannot be switched off"),
    *[(LOW, text, "a number from 0 to 1") for text in ("1.1", "-1", '"0.6"', "true", "nan")],
    *[
        (Duration(), text, 'a time such as "24 h"')
        for text in ("24", '"24"', '"24h"', '"-1 h"', '"1.5 h"', '"1 y"', '"9999999 d"', '"²⁴ h"')
    ],
    *[
        (Rate(), text, 'a rate such as "1 in 1000"')
        for text in ("0.001", '"1 in 0"', '"2 in 1000"', '"1 in 1,00"', '"0.1 %"', '"1 in 1e3"')
    ],
    *[(LIST, text, "some of a, b, c") for text in ('["d"]', '["a", "a"]')],
    (LIST, '"a"', "a list"),
    (LIST, "[1]", "a list"),
    *[
        (CAPS, text, 'a share such as "10 %"')
        for text in ('{ a = "101 %" }', "{ a = 0.1 }", "{ a = -1 }", "{ a = true }", '{ a = "10" }')
    ],
    (CAPS, "{ d = 1 }", "unknown keys value.d"),
    (CAPS, "[]", "a table"),
    (BOTH, "{ ratio = 0.5 }", "at: got nothing"),
    (BOTH, '{ ratio = 0.5, at = "1 in 100", more = 1 }', "unknown keys value.more"),
    (BOTH, '{ ratio = 2, at = "1 in 100" }', "a number from 0 to 1"),
]


@pytest.mark.parametrize(("kind", "text", "said"), WRONG)
def test_a_wrong_value_is_refused(kind: Kind[Any], text: str, said: str) -> None:
    with pytest.raises(PolicyError) as refused:
        kind.read(table(text), "value")
    assert str(refused.value).startswith("p.toml: ")
    assert "value" in str(refused.value)
    assert said in str(refused.value)


@given(st.integers(0, 999_999).map(lambda s: timedelta(seconds=s)))
def test_a_written_time_is_read_as_itself(value: timedelta) -> None:
    assert Duration().read(table(f'"{written_duration(value)}"'), "value") == value


def edited(folder: Path, *changes: tuple[str, str]) -> Path:
    """Write the reference with changes: what stands there once, and what comes in its place."""
    text = REFERENCE.text
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


BROKEN: dict[str, tuple[tuple[str, str], str]] = {
    "a typo in an id": (
        ('id = "list-age"', 'id = "lsit-age"'),
        "].id: got 'lsit-age', want one of permitted-use, inside-window",
    ),
    "a typo in a key": (('fails = "refuse"', 'fials = "refuse"'), "rule[0].fails: got nothing"),
    "one key more": (('grade = "P"', 'grade = "P"\nskip = true'), "unknown keys rule[0].skip"),
    "one heading more": (('version = "1"', 'version = "1"\noff = []'), "unknown keys off"),
    "no name": (('name = "reference"\n', ""), "name: got nothing"),
    "a rule twice": (('id = "list-age"', 'id = "window-length"'), "got window-length twice"),
    "what fails does not exist": (
        ('fails = "refuse"', 'fails = "ignore"'),
        "rule[0].fails: got 'ignore', want one of flag, stop, refuse",
    ),
    "an empty source": (('source = "Published', 'source = " " #'), "source: got ' ', want text"),
    "another grade": (('grade = "P"', 'grade = "A"'), "rule[0].grade: got 'A', want one of P, R"),
    "no TOML": (("[[rule]]", "[[rule"), "want TOML"),
    "a rule switched off": (("value = true", "value = false"), "cannot be switched off"),
    "no rule at all": ((REFERENCE.text, 'name = "a"\nversion = "1"\n'), "rule: got nothing"),
}


@pytest.mark.parametrize("name", list(BROKEN))
def test_a_broken_file_is_named(name: str, tmp_path: Path) -> None:
    change, said = BROKEN[name]
    path = edited(tmp_path, change)
    with pytest.raises(PolicyError) as refused:
        read_policy(path)
    assert said in str(refused.value)
    assert str(path) in str(refused.value) or name == "a rule twice"


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="want a policy's file or one of reference, fixed-site"):
        open_policy("refrence")
    with pytest.raises(PolicyError, match="want a policy"):
        read_policy(tmp_path)
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(PolicyError, match="want TOML"):
        read_policy(tmp_path / "binary.toml")
    (tmp_path / "huge.toml").write_bytes(b"#" * (2 << 20))
    with pytest.raises(PolicyError, match="bytes, want a policy"):
        read_policy(tmp_path / "huge.toml")


def test_the_digest_is_of_what_is_said(tmp_path: Path) -> None:
    spaced = read_policy(edited(tmp_path, ("# What is drafted", "\n\n# a comment")))
    assert spaced.digest == REFERENCE.digest
    assert spaced.text != REFERENCE.text
    changed = read_policy(edited(tmp_path, ('value = "24 h"', 'value = "23 h"')))
    assert changed.digest != REFERENCE.digest


def test_limits_are_read_by_type() -> None:
    assert REFERENCE.duration("alert-data-kept") == 24 * HOUR
    assert REFERENCE.duration("legal-hold") == timedelta(days=31)
    assert REFERENCE.number("threshold-lowest") == 0.60
    assert REFERENCE.number("observed-false-alerts") == 0.001
    assert REFERENCE.allowed("authority-rank")[0] == "Superintendent"
    assert REFERENCE.caps("list-composition") == {}
    wrong: list[Callable[[str], object]] = [
        REFERENCE.number,
        REFERENCE.allowed,
        REFERENCE.caps,
    ]
    for take in wrong:
        with pytest.raises(TypeError, match="rule legal-hold: got timedelta"):
            take("legal-hold")
    with pytest.raises(TypeError, match="want a duration"):
        REFERENCE.duration("signs")
    with pytest.raises(PolicyError, match="got no rule legal-hodl"):
        REFERENCE.duration("legal-hodl")


def test_every_violation_is_named_on_load(tmp_path: Path) -> None:
    path = edited(
        tmp_path,
        ('value = "24 h"', 'value = "25 h"'),
        ("value = 0.60", "value = 0.59"),
        ('fails = "refuse"', 'fails = "flag"'),
        ('value = "1 in 1000"', 'value = "1 in 999"'),
        ('value = ["Super', 'value = ["Inspector", "Super'),
    )
    with pytest.raises(PolicyError) as refused:
        open_policy(path)
    assert str(refused.value).splitlines() == [
        "policy reference is looser than the reference:",
        "  - permitted-use: got fails = flag, want fails = refuse, or stricter",
        "  - window-length: got 25 h or less, want 24 h or less, or stricter",
        "  - threshold-lowest: got 0.59 or more, want 0.6 or more, or stricter",
        "  - predicted-false-alerts: got 1 in 999 or less, want 1 in 1,000 or less, or stricter",
        f"  - authority-rank: got Inspector, {SENIOR}, want {SENIOR}, or stricter",
    ]


def without(policy: Policy, rule: str) -> Policy:
    return replace(policy, rules=tuple(each for each in policy.rules if each.id != rule))


@pytest.mark.parametrize("rule", list(KNOWN))
def test_a_rule_that_is_left_out_is_a_violation(rule: str) -> None:
    (found,) = stricter_or_equal(without(REFERENCE, rule), REFERENCE)
    assert (found.rule, found.got) == (rule, "nothing")


# Random policies, held to an oracle that says of each kind, word by word, what stricter means.


def drawn_value(kind: Kind[Any]) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one a kind
    match kind:
        case Always():
            return st.none()
        case Number(low=low, high=high):
            return st.floats(low, high) | st.sampled_from([0.6, 0.64, 1, 2]).map(
                lambda value: min(max(value, low), high)
            )
        case Duration():
            days = st.sampled_from([timedelta(days=1), timedelta(days=31), timedelta(days=3652)])
            return days | st.integers(0, 10**8).map(lambda s: timedelta(seconds=s))
        case Rate():
            return st.sampled_from([1, 999, 1000, 1001, 10**6]).map(lambda n: 1 / n)
        case Some(choices=choices):
            return st.lists(st.sampled_from(choices), unique=True).map(tuple)
        case Caps(choices=choices):
            caps = st.builds(Cap, st.sampled_from([0, 0.25, 0.5, 1, 20]), is_share=st.booleans())
            return st.dictionaries(st.sampled_from(choices), caps)
        case Parts(kinds):
            parts = {name: drawn_value(part) for name, part in kinds}
            return st.fixed_dictionaries(parts).map(Figures)
        case _:
            raise AssertionError(kind)


def is_as_strict(kind: Kind[Any], value: Any, reference: Any) -> bool:
    """Say what stricter means; the slow and obvious way."""
    match kind:
        case Always():
            strict = True
        case Number(bound=Bound.FLOOR):
            strict = not value < reference
        case Duration() | Rate() | Number():
            strict = not value > reference
        case Parts(kinds):
            strict = all(is_as_strict(part, value[name], reference[name]) for name, part in kinds)
        case Some():
            strict = all(allowed in reference for allowed in value)
        case _:
            strict = all(
                name in value
                and value[name].is_share is cap.is_share
                and not value[name].most > cap.most
                for name, cap in reference.items()
            )
    return strict


ORDER = ["flag", "stop", "refuse"]


@st.composite
def policies(draw: st.DrawFn, *, near: Policy | None = None) -> Policy:
    """Draw a policy; near another one, most rules are its own, so that some are strict enough."""
    rules: list[PolicyRule] = []
    for rule, kind in KNOWN.items():
        fate = draw(st.integers(0, 40 if near else 1))
        kept = near.find(rule) if near else None
        if kept and fate > 1:
            rules.append(kept)
        elif near is None or fate or draw(st.booleans()):
            value: Value = draw(drawn_value(kind))
            fails = draw(st.sampled_from(Fails))
            rules.append(replace(REFERENCE.rule(rule), value=value, fails=fails))
    return replace(REFERENCE, rules=tuple(draw(st.permutations(rules))))


@given(st.data())
def test_a_policy_is_accepted_exactly_where_every_rule_is_as_strict(data: st.DataObject) -> None:
    reference = data.draw(st.just(REFERENCE) | policies())
    policy = data.draw(policies(near=reference))
    looser = set[str]()
    for rule in reference.rules:
        mine = policy.find(rule.id)
        if (
            mine is None
            or not is_as_strict(KNOWN[rule.id], mine.value, rule.value)
            or ORDER.index(mine.fails) < ORDER.index(rule.fails)
        ):
            looser.add(rule.id)
    assert {finding.rule for finding in stricter_or_equal(policy, reference)} == looser


@given(st.data())
def test_stricter_is_an_order(data: st.DataObject) -> None:
    c = data.draw(policies(near=REFERENCE))
    b = data.draw(policies(near=c))
    a = data.draw(policies(near=b))
    assert stricter_or_equal(a, a) == ()
    if not stricter_or_equal(a, b) and not stricter_or_equal(b, c):
        assert stricter_or_equal(a, c) == ()


@given(policies())
def test_a_comparison_turned_round_is_the_other_way(policy: Policy) -> None:
    turned = {
        Difference.STRICTER: Difference.LOOSER,
        Difference.LOOSER: Difference.STRICTER,
    }
    there = {each.rule: each.difference for each in compare(REFERENCE, policy)}
    back = {each.rule: each.difference for each in compare(policy, REFERENCE)}
    assert back == {rule: turned.get(found, found) for rule, found in there.items()}
    loose = {finding.rule for finding in stricter_or_equal(policy, REFERENCE)}
    assert loose == {
        rule for rule, found in there.items() if found not in {Difference.SAME, Difference.STRICTER}
    }
