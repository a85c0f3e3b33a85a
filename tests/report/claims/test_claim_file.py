"""A file of claims that cannot be what was published is refused: what it has, what is wanted."""

from __future__ import annotations

from pathlib import Path

import pytest
from claim_texts import COUNTS, claim, written

from overt.errors import ClaimsError
from overt.report.claims.claim_file import read_claims

RATE = claim("rate", 'events = "false_alerts"\nof = "faces"\nfigure = "0.0003 %"')
GROUP = '[[group]]\nname = "women"\ncount = 3\n'
THRESHOLD = '[[threshold]]\nvalue = 0.6\nfalse_alerts = 7\ncitation = "A"\ngrade = "P"\n'


def told(folder: Path, *parts: str, counts: str = COUNTS) -> str:
    with pytest.raises(ClaimsError) as raised:
        read_claims(written(folder, *parts, counts=counts))
    assert raised.value.exit_code == 2
    assert raised.value.hint
    return str(raised.value)


@pytest.mark.parametrize(
    ("counts", "want"),
    [
        ("[counts]\nfaces = -1", "counts.faces: got -1, want a whole number from 0"),
        ("[counts]\nfaces = 1.5", "counts.faces: got 1.5, want a whole number"),
        ("[counts]\nfaces = true", "counts.faces: got True, want a whole number"),
        ("[counts]\nfaces = 99999999999999999999", "want a whole number from 0 to 1000000000000"),
        ("[counts]\npeople = 3", "got unknown keys counts.people, want none"),
        (
            "[counts]\nalerts = 3\nfalse_alerts = 4",
            "false_alerts: got 4, want at most the 3 alerts",
        ),
        ("[counts]\nalerts = 3\nengagements = 4", "engagements: got 4, want at most the 3 alerts"),
        ("[counts]\nalerts = 3\nfaces = 2", "alerts: got 3, want at most the 2 faces"),
        (
            "[counts]\nfalse_alerts = 3\nfalse_alerts_stopped = 4",
            "false_alerts_stopped: got 4, want at most the 3 false alerts",
        ),
        ("", "counts: got nothing, want a value"),
        ("counts = 3", "counts: got nothing, want a value"),  # belongs to [source] there
    ],
)
def test_counts_that_cannot_be(tmp_path: Path, counts: str, want: str) -> None:
    assert want in told(tmp_path, RATE, counts=counts)


@pytest.mark.parametrize(
    ("parts", "want"),
    [
        ((), "claim: got nothing, want a value"),
        (("[[clam]]\nsays = 1", RATE), "got unknown keys clam, want none"),
        ((RATE + "bogus = 1",), "got unknown keys claim[0].bogus, want none"),
        ((RATE.replace("0.0003 %", "101 %"),), "got '101 %', want a share from 0 to 100 %"),
        ((RATE.replace("0.0003 %", "11 of 10"),), "got '11 of 10', want a share"),
        ((RATE.replace('"faces"', '"heads"'),), "claim[0].of: got 'heads', want one of deploy"),
        ((RATE.replace('"quoted"', '"mine"'),), "want one of quoted, in substance"),
        ((claim("guess", ""),), "claim[0].kind: got 'guess', want one of rate, sum"),
        ((claim("rate", 'events = "faces"'),), "events: got 'faces', want one of false_alerts"),
        ((claim("sum", 'whole = "arrests"'),), "want one that a [[category]] is of"),
        ((claim("difference", 'group = "x"\nsignificant = false'),), "there is none"),
        ((GROUP, claim("difference", 'group = "x"\nsignificant = false')), "[[group]]: women"),
        ((GROUP.replace("3", "11"), RATE), "group[0].count: got 11, want a whole number from 0 to"),
        ((GROUP + "total = 11", RATE), "group[0].total: got 11, want a whole number from 1 to 10"),
        (
            (GROUP + '[[group.assumed]]\npercent = 101\nwhy = "x"', RATE),
            "percent: got 101, want a number from 0.1 to 99.9",
        ),
        (
            (GROUP + '[group.exposure]\nlow_percent = 50\nhigh_percent = 40', RATE),
            "high_percent: got 40, want a number from 50 to 99.9",
        ),
        ((THRESHOLD + "group_false_alerts = 8", RATE), "group_false_alerts: got 8, want"),
        ((THRESHOLD + "group_false_alerts = 3", RATE), "group_trials: got nothing"),
        ((THRESHOLD, claim("thresholds", "thresholds = [0.7]")), "values of a [[threshold]]: 0.60"),
        ((claim("thresholds", "thresholds = []"),), "there is none"),
        ((claim("survey", 'figure = "120 %"'),), "want a per cent from 0 to 100"),
        ((claim("survey", 'figure = "more than 85 %"'),), "want a per cent from 0 to 100"),
        (
            (claim("ranking", 'answer = "x"\n[[claim.subgroup]]\nname = "a"'),),
            "want two or more [[claim.subgroup]]",
        ),
        (
            (claim("share", 'part = "x"\nwhole = 3\nwhole_name = "y"\ncount = 4\nfigure = "1 %"'),),
            "claim[0].count: got 4, want a whole number from 0 to 3",
        ),
        (
            (claim("comparison", 'events = "arrests"\nway = "more"\nbefore = {heads = 3}'),),
            "got unknown keys claim[0].before.heads",
        ),
    ],
)  # fmt: skip
def test_parts_and_claims_that_cannot_be(tmp_path: Path, parts: tuple[str, ...], want: str) -> None:
    assert want in told(tmp_path, *parts)


def test_no_file_and_no_toml(tmp_path: Path) -> None:
    with pytest.raises(ClaimsError, match="No such file"):
        read_claims(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("=")
    with pytest.raises(ClaimsError, match="want TOML"):
        read_claims(tmp_path / "bad.toml")


def test_text_is_one_safe_line(tmp_path: Path) -> None:
    path = written(tmp_path, RATE.replace('"so"', '"""a\n  b\\u001b[2J\\u202e"""'))
    (found,) = read_claims(path).claims
    assert found.says == "a b\\x1b[2J\\u202e"
