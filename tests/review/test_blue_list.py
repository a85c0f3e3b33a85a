"""Known passages and what a list is made of, put into the record by commands and offices."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from review_commands import Overt, drafted, record
from review_places import DRAFT, Room, subject
from review_steps import raised

from overt.errors import InputError, RefusedError
from overt.records.store import open_store
from overt.review.passages_file import COLUMNS, read_passages
from overt.settings import read_settings
from overt.values.demographics import AgeBand, Demographics, Ethnicity, Gender
from overt.values.duty_events import PassagesRecorded
from overt.values.events import KnownPassage, WatchlistComposed
from overt.values.watchlist import Category

HEAD = ",".join(COLUMNS)


def written(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / "walks.csv"
    path.write_text("\n".join((head, *rows)) + "\n")
    return path


def test_passages_are_recorded_once_with_who_answers(
    overt_here: Overt, root: Path, tmp_path: Path
) -> None:
    overt, file = overt_here, root / "docs/examples/operational.toml"
    deployment = drafted(overt, file, briefed=True)
    record(deployment, replace(raised("a1"), category=Category.BLUE), raised("a2"))
    now = datetime.now(UTC).isoformat()
    walks = written(tmp_path, f"1,gate,v1,{now},a1,B1,female,25 to 34", f"2,north,v2,{now},,,,")
    assert overt("passages", "record", deployment, str(walks), "--by", "O. Rganiser") == [
        [deployment, "2 passages", "1 recognised"]
    ]
    with closing(open_store(read_settings().record_address)) as store:
        bodies = [one.event.body for one in store.events(deployment=deployment)]
    answers, first, second = bodies[-3:]
    assert isinstance(answers, PassagesRecorded)
    assert (answers.by, answers.passages) == ("O. Rganiser", 2)
    assert isinstance(first, KnownPassage)
    assert (first.alert, first.recognised) == ("a1", True)
    assert first.demographics == Demographics(
        self_defined=Ethnicity.B1, gender=Gender.FEMALE, age=AgeBand.FROM_25
    )
    assert isinstance(second, KnownPassage)
    assert second.demographics == Demographics()
    with pytest.raises(RefusedError, match="2 are recorded"):
        overt("passages", "record", deployment, str(walks), "--by", "O. Rganiser")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("1,roof,v1,NOW,,,,", "camera 'roof'"),
        ("1,gate,v1,2020-01-01T00:00:00Z,,,,", "time 2020"),
        ("1,gate,v1,NOW,a9,,,", "alert a9, want one of this deployment"),
        ("1,gate,v1,NOW,a2,,,", "want one of the blue list"),
    ],
)
def test_what_is_not_of_the_deployment_is_refused_whole(
    overt_here: Overt, root: Path, tmp_path: Path, row: str, told: str
) -> None:
    overt, file = overt_here, root / "docs/examples/operational.toml"
    deployment = drafted(overt, file, briefed=True)
    record(deployment, raised("a2"))
    now = datetime.now(UTC).isoformat()
    walks = written(tmp_path, f"0,gate,v0,{now},,,,", row.replace("NOW", now))
    with pytest.raises(InputError, match=told):
        overt("passages", "record", deployment, str(walks), "--by", "O")
    with closing(open_store(read_settings().record_address)) as store:
        bodies = [one.event.body for one in store.events(deployment=deployment)]
    assert not [body for body in bodies if isinstance(body, KnownPassage)]
    with pytest.raises(RefusedError, match="none that was authorised"):
        overt("passages", "record", "nothing", str(walks), "--by", "O")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (("1,gate,v1,2026-03-01T10:00:00,,,,",), "line 2: got time"),
        (("1,gate,v1,T,,,,", "1,gate,v2,T,,,,"), "line 3: got passage 1 again"),
        (("1,gate,v1,T,a,,,", "2,gate,v2,T,a,,,"), "alert a again"),
        (("1,gate,v1,T,,B1,,", "2,gate,v1,T,,W1,,"), "another ethnicity"),
        (("1,gate,,T,,,,",), "no volunteer"),
        (("1,gate,v1,T,,Black,,",), "want one of \\['W1'"),
        (("1,gate,v1,T,,,woman,",), "want a gender"),
        (("1,gate,v1,T,,,",), "another number of cells"),
        (("1,gate,v1,T,,,,,",), "another number of cells"),
        ((), "no passage"),
    ],
)
def test_a_line_that_is_wrong_is_named(tmp_path: Path, rows: tuple[str, ...], told: str) -> None:
    at = "2026-03-01T10:00:00Z"
    with pytest.raises(InputError, match=told):
        read_passages(written(tmp_path, *(row.replace(",T,", f",{at},") for row in rows)))


def test_other_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="want \\['passage'"):
        read_passages(written(tmp_path, head="passage,camera"))


def test_authorising_records_what_the_list_is_made_of_once(room: Room) -> None:
    office, what = room.office, subject()
    case = office.draft(name="n", draft=DRAFT, by="D. Rafter")
    office.submit(case, draft=DRAFT, by="D. Rafter")
    office.authorise(case, what, draft=DRAFT, by=what.deployment.statement.officer)
    bodies = [one.event.body for one in room.store.events(deployment=case)]
    composed = [body for body in bodies if isinstance(body, WatchlistComposed)]
    assert composed == [WatchlistComposed(what.watchlist.digest, {Category.COURTS: 20}, {}, {})]
