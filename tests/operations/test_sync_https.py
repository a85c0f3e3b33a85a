"""A record is brought home to a console over TLS, which believes the van's signature alone."""

from __future__ import annotations

import json
import random
import socket
import ssl
import threading
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from brought import (
    LOCAL,
    Force,
    bring_in_turns,
    certificate_in,
    first_key,
    force_in,
    parts_of,
    post,
)
from builders import make_alert_raised
from commands import Commands
from consoles import PATIENCE_S, until
from killing import kill_when, starting
from machines import VAN, drafted, hold, make_van, stops
from record_places import Place
from typer.testing import CliRunner

from overt.cli.app import app
from overt.clock import SystemClock
from overt.errors import (
    ConflictError,
    InputError,
    LedgerError,
    MissingError,
    RecordsError,
    SettingsError,
    SignatureError,
)
from overt.governance.elsewhere import taken_over
from overt.ids import time_ordered_id
from overt.ledger.checkpoint import Checkpoint
from overt.ledger.keys import KeyKind, SigningKey, VerifierKey
from overt.ledger.tree import Tree
from overt.operations.intake import known_logs
from overt.operations.sync import sync
from overt.operations.target import Part, RecordTarget, Standing, verify_received
from overt.operations.target_https import HttpsTarget, address_of, token_in, trust
from overt.records.base import Store
from overt.records.store import open_exchange
from overt.settings import Settings
from overt.values.account import Role
from overt.values.duty_events import HoldPlaced
from overt.values.events import Event
from overt.values.token import Scope, Token
from overt.web import bearers
from overt.web.api import sync as sync_api
from overt.web.app import SYNC_ROOM
from overt.web.serving import THREADS
from overt.wiring import make_log, open_exchange_here, open_records

EVENTS = 1100
OTHER = "police.example/van-4"
HALF = "\ud800"  # of a pair that makes a sign


@pytest.fixture(scope="module")
def van(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make_van(tmp_path_factory.mktemp("van"), events=EVENTS)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Give a van whose record goes in two parts."""
    return make_van(tmp_path_factory.mktemp("small"), events=700, origin=OTHER)


@pytest.fixture
def force(tmp_path: Path, van: Settings, small: Settings) -> Generator[Force]:
    """Give a force's console that knows both vans, with an event of its own."""
    with force_in(tmp_path / "force", first_key(van), first_key(small)) as running:
        running.console.services.store.append(stops(["of the force"]))
        yield running


@pytest.fixture(scope="module")
def refusing(
    tmp_path_factory: pytest.TempPathFactory, van: Settings, small: Settings
) -> Generator[Force]:
    """Give one for all tests in which nothing is taken: whoever comes first or last."""
    folder = tmp_path_factory.mktemp("refusing")
    with force_in(folder, first_key(van), first_key(small)) as running:
        yield running


def leaves_here(store: Store, origin: str) -> list[bytes]:
    """Give the bytes of a log's events, as a record has them."""
    return [
        leaf
        for span in taken_over(store)
        if span.body.log == origin
        for leaf in list(store.leaves(after=span.first - 1))[: span.body.events]
    ]


def require_home(store: Store, van: Settings, *, origin: str = VAN) -> None:
    """Check that a van's events are there in their order, once, with their bytes."""
    with closing(open_records(van)) as source:
        want = list(source.leaves())
    assert leaves_here(store, origin) == want
    assert verify_received(store, log=origin) == len(want)
    ids = [each.event.id for each in store.events()]
    assert len(set(ids)) == len(ids)
    assert store.check() == ()


def by_database(van: Settings, address: Path, *, parts: int | None = None) -> None:
    """Bring a record home the other way, or so many parts of it."""
    with closing(open_exchange_here(van)) as source, closing(open_exchange(address)) as record:
        target = RecordTarget(record, clock=SystemClock(), new_id=time_ordered_id)
        list(islice(sync(source, target, make_log(van, store=source)), parts))


def test_both_ways_leave_the_same(tmp_path: Path, place: Place, van: Settings) -> None:
    with force_in(tmp_path / "force", first_key(van), records=place.address) as force:
        store = force.console.services.store
        assert [step.size for step in force.bring(van)] == [500, 1000, EVENTS]
        assert [step.taken for step in force.bring(van)] == [0]
        require_home(store, van)
        by_database(van, tmp_path / "other.sqlite")
        with closing(open_records(Settings(records=str(tmp_path / "other.sqlite")))) as other:
            require_home(other, van)
            marks = [[each.body for each in taken_over(one)] for one in (store, other)]
            assert marks[0] == marks[1]
            assert store.last() == other.last() == EVENTS + 3
            said = [
                [each.event for each in one.events(kinds=(HoldPlaced.kind,))]
                for one in (store, other)
            ]
            assert said[0] == said[1]
        (held,) = said[0]
        assert isinstance(held.body, HoldPlaced)
        assert held.body.by == "A. Reviewer", "what opens the commitments came along"


def test_the_force_s_own_log_covers_it(overt: Commands, tmp_path: Path, van: Settings) -> None:
    """By the commands that a van's driver and anybody else would use."""
    home = tmp_path / "force"
    with force_in(home, first_key(van)) as force:
        token = home / "token"
        token.write_text(force.token() + "\n")
        given = (force.console.address, "--token-file", token, "--ca", force.certificate)
        driver: dict[str, Any] = {"home": tmp_path / "driver", "OVERT_DATA_DIR": str(van.data_dir)}
        done = overt.run("sync", *given, **driver)
        assert done.code == 0, done.err
        assert done.out.startswith(f"{VAN}\t{EVENTS} events brought\t{EVENTS} there\troot ")
        assert token.read_text().strip() not in done.out + done.err
        assert overt.run("sync", *given, **driver).out.startswith(f"{VAN}\t0 events brought\t")
        refused = overt.run("sync", *given[:3], **driver)
        assert (refused.code, "cannot be trusted" in refused.err) == (1, True)
        token.write_text("never-made\n")
        refused = overt.run("sync", *given, **driver)
        assert (refused.code, "want one in the header" in refused.err) == (1, True)
        assert "never-made" not in refused.err
    key = overt.run("ledger", "begin", "police.example/lfr", home=home).out.strip()
    export = tmp_path / "export"
    assert overt.run("ledger", "export", export, home=home).code == 0
    done = overt.run("verify", export, "--key", key, home=home)
    assert (done.code, f"{EVENTS + 3} events" in done.out) == (0, True), done.err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "got no place"),
        (("https://force.example",), "--token-file: got none"),
        (("https://force.example", "--to", "x.sqlite", "--token-file", "t"), "got two places"),
        (("--to", "x.sqlite", "--ca", "c"), "got one with --to"),
        (("http://force.example", "--token-file", "t"), "want https://HOST"),
        (("https://force.example", "--token-file", "none"), "want a token"),
        (("https://force.example", "--token-file", "t", "--ca", "t"), "want certificates"),
        (("--to", "https://force.example"), "a console's is given without --to"),
    ],
)
def test_the_command_is_misused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OVERT_DATA_DIR", str(tmp_path / "data"))
    Path("t").write_text("a-token")
    done = CliRunner().invoke(app, ["sync", *given])
    assert isinstance(done.exception, InputError)
    assert said in str(done.exception) + done.exception.hint
    assert not (tmp_path / "data").exists()


def test_it_goes_on_where_it_was(tmp_path: Path, small: Settings) -> None:
    van = make_van(tmp_path / "van", events=20)
    with force_in(tmp_path / "home", first_key(van)) as home:
        store = home.console.services.store
        home.bring(van)
        store.append(stops(["of the force, later"]))
        # Another machine's record comes between by the other way.
        by_database(small, home.console.services.settings.data_dir / "events.sqlite")
        with closing(open_records(van)) as source:
            source.append(stops(["new"]))
        (step,) = home.bring(van)
        assert (step.taken, step.size) == (1, 21)
        require_home(store, van)
        require_home(store, small, origin=OTHER)


def test_a_van_that_is_killed(force: Force, small: Settings) -> None:
    store, drawn = force.console.services.store, random.Random(7)  # noqa: S311 - no secret

    def size() -> int:
        return sum(each.body.events for each in taken_over(store))

    sizes = [0]
    while sizes[-1] < 700 and len(sizes) < 20:
        before, may = sizes[-1], starting().Semaphore(0)

        def one_more() -> bool:
            time.sleep(0.02)  # read less often than it is asked: the van wants the processor too
            if size() <= before:  # noqa: B023 - called in this turn alone
                return False
            may.release()  # noqa: B023
            return True

        given = (force.console.address, force.token(), force.certificate)
        kill_when(bring_in_turns, small, *given, may, holds=one_more, drawn=drawn)
        sizes.append(size())
    force.bring(small)
    require_home(store, small, origin=OTHER)
    assert sizes == sorted(sizes)
    assert 500 in sizes


def test_a_console_that_stops_between_parts(tmp_path: Path, van: Settings) -> None:
    sizes: list[int] = []
    for _ in range(2):
        with force_in(tmp_path / "force", first_key(van)) as force:
            steps = force.steps(van)
            sizes.append(next(steps).size)
        with pytest.raises(RecordsError, match="want an answer"):
            next(steps)
    assert sizes == [500, 1000]
    with force_in(tmp_path / "force", first_key(van)) as force:
        assert [step.size for step in force.bring(van)] == [EVENTS]
        require_home(force.console.services.store, van)


def test_the_same_part_twice(force: Force, small: Settings) -> None:
    first, second = parts_of(small)
    store = force.console.services.store
    with force.program(force.token()) as client:
        taken = post(client, OTHER, first, key="one-and-the-same")
        again = post(client, OTHER, first, key="one-and-the-same")
        assert (taken.status_code, again.status_code) == (200, 200)
        assert taken.json() == again.json()
        assert again.headers["idempotency-replayed"] == "true"
        last = store.last()
        assert taken.json() == {
            "log": OTHER,
            "key": first_key(small),
            "size": 500,
            "root": taken_over(store)[0].body.root,
            "signed": 700,
            "place": last,
        }
        twice = post(client, OTHER, first)
        assert twice.status_code == 409
        assert "got a part after 0 events, want one after 500" in twice.json()["detail"]
        assert store.last() == last
        assert post(client, OTHER, second).json()["size"] == 700
    require_home(store, small, origin=OTHER)


def test_the_same_part_at_the_same_time(force: Force, small: Settings) -> None:
    part = parts_of(small)[0]
    statuses: list[int] = []
    token = force.token()

    def send() -> None:
        with force.program(token) as client:
            statuses.append(post(client, OTHER, part).status_code)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409, 409, 409]
    assert verify_received(force.console.services.store, log=OTHER) == 500


def test_one_van_by_two_ways_at_once(force: Force, van: Settings) -> None:
    """While the first part is on its way, somebody brings it by the database: it goes on behind."""
    path = force.console.services.settings.data_dir / "events.sqlite"

    class Slow(HttpsTarget):
        """Sends its first part late."""

        late = True

        def take(self, part: Part, /) -> None:
            if self.late:
                self.late = False
                by_database(van, path, parts=2)
            super().take(part)

    with closing(open_exchange_here(van)) as source:
        log = make_log(van, store=source)
        target = Slow(
            force.console.address,
            token=force.token(),
            log=log,
            context=trust(force.certificate),
            wait=lambda _: None,
        )
        assert [step.size for step in sync(source, target, log)] == [EVENTS]
    require_home(force.console.services.store, van)


def test_two_vans_at_once(force: Force, van: Settings, small: Settings) -> None:
    threads = [threading.Thread(target=force.bring, args=(each,)) for each in (van, small)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    require_home(force.console.services.store, van)
    require_home(force.console.services.store, small, origin=OTHER)


Change = Callable[[dict[str, Any]], None]


def byte(part: dict[str, Any]) -> None:
    part["events"][3] = part["events"][3].replace('"reason":"3"', '"reason":"4"')


def moved(part: dict[str, Any]) -> None:
    for held in (part["events"], part["openings"]):
        held[3], held[4] = held[4], held[3]


def dropped(part: dict[str, Any]) -> None:
    del part["events"][3], part["openings"][3]


def doubled(part: dict[str, Any]) -> None:
    for held in (part["events"], part["openings"]):
        held[4] = held[3]


def shortened(part: dict[str, Any]) -> None:
    """Leave its end out: the proof is of another size."""
    del part["events"][400:], part["openings"][400:]


def unproven(part: dict[str, Any]) -> None:
    part["proof"] = []


def proven_otherwise(part: dict[str, Any]) -> None:
    part["proof"][0] = "0" * 64


def not_canonical(part: dict[str, Any]) -> None:
    part["events"][3] = part["events"][3].replace('":', '": ', 1)


def no_event(part: dict[str, Any]) -> None:
    part["events"][3] = "{}"


def opened_otherwise(part: dict[str, Any]) -> None:
    part["openings"][4] = part["openings"][4].replace("A. Reviewer", "B. Reviewer")


def opened_without_need(part: dict[str, Any]) -> None:
    part["openings"][3] = part["openings"][4]


def unpaired(part: dict[str, Any]) -> None:
    del part["openings"][3]


def unsigned(part: dict[str, Any]) -> None:
    part["checkpoint"] = part["checkpoint"].replace("\n\n", "\nmore\n\n")


def no_note(part: dict[str, Any]) -> None:
    part["checkpoint"] = "none"


def signed_by_another(part: dict[str, Any]) -> None:
    """Sign another's events with a key of the log's name, and prove all of it."""
    key = SigningKey.generate(OTHER, kind=KeyKind.LOG)
    tree = Tree()
    for each in part["events"]:
        tree.append(each.encode())
    part["checkpoint"] = Checkpoint(OTHER, tree.size, tree.root()).sign(key=key).data.decode()
    part["proof"] = []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (byte, "consistency of 500 with 700"),
        (moved, "consistency of 500 with 700"),
        (dropped, "consistency"),
        (doubled, "consistency"),
        (shortened, "consistency"),
        (unproven, "consistency"),
        (proven_otherwise, "consistency of 500 with 700"),
        (not_canonical, "event 4 of the log"),
        (no_event, "event 4 of the log"),
        (opened_otherwise, "an opening of another commitment"),
        (opened_without_need, "event 4 of the log"),
        (unpaired, "part: got what cannot be read"),
        (unsigned, "did not make"),
        (no_note, "note"),
        (signed_by_another, "want one of"),
    ],
)
def test_what_was_not_signed(refusing: Force, small: Settings, change: Change, said: str) -> None:
    """Nothing of it is recorded, though the checkpoint is of more than the part."""
    part = parts_of(small)[0]
    change(part)
    with refusing.program(refusing.token()) as client:
        answer = post(client, OTHER, part)
    assert answer.status_code == 422, answer.text
    assert said in answer.json()["detail"]
    assert refusing.console.services.store.last() == 0


def test_a_gap_is_told_where_it_stands(refusing: Force, small: Settings) -> None:
    with refusing.program(refusing.token()) as client:
        answer = post(client, OTHER, parts_of(small)[1])
    assert answer.status_code == 409
    assert "want one after 0" in answer.json()["detail"]
    assert refusing.console.services.store.last() == 0


def test_a_checkpoint_that_is_older_than_the_last(tmp_path: Path) -> None:
    """Of a copy of the van that was put back: what it lacks was signed, and is known."""
    van = make_van(tmp_path / "van", events=600)
    old = parts_of(van, after=Standing("", 500, root_of(van, 500)))[0]
    with closing(open_records(van)) as store:
        store.append(stops(f"later {n}" for n in range(100)))
    with force_in(tmp_path / "force", first_key(van)) as force:
        next(force.steps(van))
        with force.program(force.token()) as client:
            answer = post(client, VAN, old)
        assert answer.status_code == 422
        assert "want the 700 that were signed before" in answer.json()["detail"]
        assert [step.size for step in force.bring(van)] == [700]


def root_of(van: Settings, size: int) -> str:
    """Give the root of a record's first events."""
    tree = Tree()
    with closing(open_records(van)) as store:
        for leaf in list(store.leaves())[:size]:
            tree.append(leaf)
    return tree.root().hex()


def test_a_key_that_was_changed(tmp_path: Path) -> None:
    """The new one is followed; the old one, whoever has it by now, signs nothing after it."""
    van = make_van(tmp_path / "van", events=10)
    with closing(open_exchange_here(van)) as source:
        log = make_log(van, store=source)
        log.rotate()
        source.append(stops(["after it"]))
        with force_in(tmp_path / "force", first_key(van)) as force:
            assert [step.size for step in force.bring(van)] == [12]
            require_home(force.console.services.store, van)
            source.append(stops(["later"]))
            (part,) = parts_of(van, after=Standing("", 12, root_of(van, 12)))
            tree = Tree()
            for leaf in source.leaves():
                tree.append(leaf)
            stolen = log._signing_key(0)  # pyright: ignore[reportPrivateUsage]
            forged = Checkpoint(VAN, 13, tree.root()).sign(key=stolen).data.decode()
            with force.program(force.token()) as client:
                forged_part = part | {"checkpoint": forged}
                for each in (forged_part, forged_part | {"rotations": ()}):
                    answer = post(client, VAN, each)
                    assert answer.status_code == 422, answer.text
                    assert "want one of" in answer.json()["detail"]
            log.rotate()
            assert [step.size for step in force.bring(van)] == [14]
            require_home(force.console.services.store, van)


def test_a_rotation_that_no_event_announces(tmp_path: Path) -> None:
    van = make_van(tmp_path / "van", events=4)
    with closing(open_exchange_here(van)) as source:
        log = make_log(van, store=source)
        old = log._signing_key(0)  # pyright: ignore[reportPrivateUsage]
        log.rotate()
        (part,) = parts_of(van)
        # The same change of key, said to be at an event that tells of something else.
        tree = Tree()
        for leaf in list(source.leaves())[:3]:
            tree.append(leaf)
        rotation = log.chain().rotations[0]
    lied = type(rotation)(Checkpoint(VAN, 3, tree.root()), rotation.key)
    with (
        force_in(tmp_path / "force", first_key(van)) as force,
        force.program(force.token()) as client,
    ):
        lie = part | {"rotations": [lied.sign(key=old).data.decode()]}
        answer = post(client, VAN, lie)
        assert (answer.status_code, "announces" in answer.text) == (422, True)
        assert post(client, VAN, part).status_code == 200


def test_who_may_send(refusing: Force, small: Settings) -> None:
    part = parts_of(small)[0]
    others = [scope for scope in Scope if scope is not Scope.RECORDS_SYNC]
    asked = {
        None: 401,
        "never-made": 401,
        refusing.token(*others): 403,
        refusing.token(*Scope, role=Role.AUDITOR): 403,
        refusing.token(*Scope, role=Role.OPERATOR): 403,
    }
    for token, status in asked.items():
        with refusing.program(token) as client:
            assert client.get("/api/v1/sync/police.example%2Fvan-4").status_code == status
            assert post(client, OTHER, part).status_code == status
    assert refusing.console.services.store.last() == 0


def test_a_log_that_nobody_let_in(refusing: Force, tmp_path: Path) -> None:
    stranger = make_van(tmp_path / "stranger", events=3, origin="police.example/stranger")
    with pytest.raises(MissingError, match="not known here") as told:
        refusing.bring(stranger)
    assert "overt ledger key" in told.value.hint
    twin = make_van(tmp_path / "twin", events=3)
    with pytest.raises(SignatureError, match="known there"):
        refusing.bring(twin)
    with refusing.program(refusing.token()) as client:
        assert post(client, VAN, parts_of(twin)[0]).status_code == 422
        assert post(client, "police.example/stranger", parts_of(stranger)[0]).status_code == 404
    assert refusing.console.services.store.last() == 0


def test_events_here_under_another_key(tmp_path: Path, van: Settings) -> None:
    """They came by the database; the setting says otherwise, and somebody has to look."""
    twin = make_van(tmp_path / "twin", events=3)
    with force_in(tmp_path / "force", first_key(van)) as force:
        by_database(twin, force.console.services.settings.data_dir / "events.sqlite")
        with pytest.raises(SignatureError, match="got events there under the key"):
            force.bring(van)
        with force.program(force.token()) as client:
            answer = post(client, VAN, parts_of(van)[0])
        assert (answer.status_code, "got events here under" in answer.text) == (422, True)


def test_a_body_that_cannot_be_taken(refusing: Force, small: Settings) -> None:
    part = parts_of(small)[0]
    large = b"x" * (6 * 1024 * 1024)
    kind = {"Content-Type": "application/json", "Idempotency-Key": "0123456789"}
    path = "/api/v1/sync/police.example%2Fvan-4"
    with refusing.program(refusing.token()) as client:
        assert client.post(path, content=large, headers=kind).status_code == 413
        assert client.post(path, content=iter([large]), headers=kind).status_code == 413
        other = kind | {"Content-Type": "a/b"}
        assert client.post(path, content=b"{}", headers=other).status_code == 415
        assert client.post(path, json=part).status_code == 422  # without a key
        # Of a log that is not known nothing is read.
        assert client.post("/api/v1/sync/none", content=b"{}", headers=other).status_code == 404
        half = json.dumps(part | {"events": (HALF,)}).encode()
        for body in (b"", b"none", b"[]", b"{}", b'{"after":0}', b"\xff", half):
            answer = client.post(path, content=body, headers=kind)
            assert answer.status_code == 422, body
            assert "part: got what cannot be read" in answer.json()["detail"]
        changes: list[dict[str, object]] = [
            {"events": ()},
            {"events": part["events"] * 2},
            {"after": -1},
            {"after": True},
            {"proof": ["x"]},
            {"more": 1},
        ]
        for change in changes:
            assert post(client, OTHER, part | change).status_code == 422
    assert refusing.console.services.store.last() == 0


def test_an_event_that_is_there_already(force: Force, small: Settings) -> None:
    with closing(open_records(small)) as source:
        first = next(iter(source.events())).event
    force.console.services.store.append([first])
    with pytest.raises(RecordsError, match="with the same bytes"):
        force.bring(small)
    assert taken_over(force.console.services.store) == []


def test_a_deployment_that_began_elsewhere(tmp_path: Path) -> None:
    """Whoever has a van's key steers nothing that runs at home."""
    van = make_van(tmp_path / "van", events=3)
    with (
        force_in(tmp_path / "force", first_key(van)) as force,
        closing(open_records(van)) as record,
    ):
        store = force.console.services.store
        store.append([drafted("at home")])
        record.append([drafted("in the van")])
        force.bring(van)
        store.append(stops(["what is done at home about it"], deployment="in the van"))
        record.append(stops(["it goes on"], deployment="in the van"))
        assert [step.size for step in force.bring(van)] == [5]
        record.append(stops(["as if it were its own"], deployment="at home"))
        last = store.last()
        with pytest.raises(ConflictError, match="deployment at home, which began elsewhere"):
            force.bring(van)
        assert store.last() == last


def test_an_alert_that_another_deployment_raised(tmp_path: Path) -> None:
    """Figures go by alerts: whoever has a van's key says nothing of those at home."""
    van = make_van(tmp_path / "van", events=5)  # with a hold on the pictures of alert a1
    with force_in(tmp_path / "force", first_key(van)) as force:
        store, now = force.console.services.store, SystemClock().now()
        raised = [(name, make_alert_raised(name)) for name in ("a1", "a2")]
        store.append([Event(time_ordered_id(now), f"d-{name}", now, body) for name, body in raised])
        with pytest.raises(ConflictError, match="about alert a1 from deployment d, want one from"):
            force.bring(van)
        assert taken_over(store) == []


def test_an_alert_that_the_deployment_itself_raised(tmp_path: Path) -> None:
    van = make_van(tmp_path / "van", events=5)
    with closing(open_records(van)) as record:
        now = SystemClock().now()
        record.append([Event(time_ordered_id(now), "d", now, make_alert_raised("a1"))])
    with force_in(tmp_path / "force", first_key(van)) as force:
        force.bring(van)
        with closing(open_records(van)) as record:
            record.append([hold("B. Reviewer")])
        assert [step.size for step in force.bring(van)] == [7]


def test_who_has_it_hashed_anew_holds_up_no_page(
    force: Force, small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    force.bring(small)
    services, token = force.console.services, force.token()
    verify, find = services.intake.verify, services.bearers.find
    begun, go_on = threading.Event(), threading.Event()
    asked: list[str] = []
    statuses: list[int] = []

    def waits(log: str) -> Standing:
        begun.set()
        assert go_on.wait(PATIENCE_S)
        return verify(log)

    def counts(secret: str) -> Token | None:
        asked.append(secret)
        return find(secret)

    def ask() -> None:
        with force.program(token) as client:
            answer = client.get("/api/v1/sync/police.example%2Fvan-4?anew=true")
            statuses.append(answer.status_code)

    monkeypatch.setattr(services.intake, "verify", waits)
    monkeypatch.setattr(services.bearers, "find", counts)
    threads = [threading.Thread(target=ask) for _ in range(THREADS + 2)]
    try:
        for thread in threads:
            thread.start()
        until(lambda: len(asked) == len(threads) and begun.is_set())
        with force.program(token) as client:  # by one of the threads that make pages
            assert client.get("/api/v1/records").status_code == 403
    finally:
        go_on.set()
        for thread in threads:
            thread.join()
    assert statuses == [200] * len(threads)


def test_a_body_that_does_not_come(
    force: Force, small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of vans that drove out of reach: they keep nobody's place, not even one more than fit."""
    address = address_of(force.console.address)
    head = (
        f"POST /api/v1/sync/police.example%2Fvan-4 HTTP/1.1\r\nHost: {address.netloc}\r\n"
        f"Authorization: Bearer {force.token()}\r\nIdempotency-Key: 0123456789\r\n"
        "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    )
    with monkeypatch.context() as patched, ExitStack() as stack:
        patched.setattr(sync_api, "LONGEST_S", 0.2)
        lines: list[ssl.SSLSocket] = []
        for _ in range(SYNC_ROOM + 1):
            place = (LOCAL, address.port or 0)
            line = stack.enter_context(socket.create_connection(place, timeout=PATIENCE_S))
            told = trust(force.certificate).wrap_socket(line, server_hostname=LOCAL)
            lines.append(stack.enter_context(told))
            lines[-1].sendall(head.encode())
        for each in lines:
            assert each.recv(1000).startswith(b"HTTP/1.1 408 ")
    force.bring(small)
    require_home(force.console.services.store, small, origin=OTHER)


def test_a_record_that_was_altered_there(force: Force, small: Settings, van: Settings) -> None:
    force.bring(small)
    next(force.steps(van))
    path = force.console.services.settings.data_dir / "events.sqlite"
    place = Place(str(path), f"sqlite:///{path}")
    place.execute("DROP TRIGGER events_update")
    text = 'replace(CAST(canonical AS TEXT), \'reason":"1"\', \'reason":"2"\')'
    place.execute(f"UPDATE events SET canonical = CAST({text} AS BLOB)")  # noqa: S608
    with force.target(small) as target, pytest.raises(LedgerError, match="events 2 to 501"):
        target.verify(OTHER)


def test_a_console_reads_what_it_has_before_it_goes_on(tmp_path: Path, van: Settings) -> None:
    with force_in(tmp_path / "force", first_key(van)) as force:
        next(force.steps(van))
    path = tmp_path / "force" / "data" / "events.sqlite"
    place = Place(str(path), f"sqlite:///{path}")
    place.execute("DROP TRIGGER events_update")
    text = 'replace(CAST(canonical AS TEXT), \'reason":"1"\', \'reason":"2"\')'
    place.execute(f"UPDATE events SET canonical = CAST({text} AS BLOB)")  # noqa: S608
    with (
        force_in(tmp_path / "force", first_key(van)) as force,
        pytest.raises(RecordsError, match="got the answer 503"),
    ):
        force.bring(van)


def test_a_console_that_asks_for_a_pause(
    force: Force, van: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bearers, "A_MINUTE", 2)
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        force.console.clock.moved += timedelta(seconds=60)

    assert [step.size for step in force.steps(van, wait=wait)] == [500, 1000, EVENTS]
    assert len(waited) == 1
    assert 0 < waited[0] <= 60
    require_home(force.console.services.store, van)


def test_a_certificate_of_somebody_else(tmp_path: Path, van: Settings, refusing: Force) -> None:
    """Of another who issues, or of another host: nothing is sent, the token least of all."""
    with pytest.raises(RecordsError, match="cannot be trusted"):
        Force(refusing.console, certificate_in(tmp_path / "elsewhere")).bring(van)
    assert refusing.console.services.store.last() == 0
    with (
        force_in(tmp_path / "force", first_key(van), host="192.0.2.1") as other,
        pytest.raises(RecordsError, match="cannot be trusted"),
    ):
        other.bring(van)


@pytest.mark.parametrize(
    "address",
    [
        "http://force.example",
        "force.example",
        "https://",
        "https://me@force.example",
        "https://me:secret@force.example",
        "https://force.example/path",
        "https://force.example?x=1",
        "https://force.example:none",
        "https://force.example:99999",
        "https://[::1",
        "https://force.example\n",
        "https://force..example",
        f"https://{'x' * 64}.example",
        "",
    ],
)
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(InputError, match="want https://HOST") as told:
        address_of(address)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("content", [b"", b"\n", b"two words", b"two\nlines", b"\xff", b"x" * 501])
def test_a_token_that_is_none(content: bytes) -> None:
    with pytest.raises(InputError, match="got no token"):
        token_in(content)
    assert token_in(b" a-token\r\n") == "a-token"


def test_certificates_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("none")
    for name in ("none.pem", "missing.pem"):
        with pytest.raises(InputError, match="want certificates"):
            trust(tmp_path / name)


def test_keys_of_logs_that_are_none(van: Settings, tmp_path: Path) -> None:
    one = first_key(van)
    key = VerifierKey.parse(one)
    twin = SigningKey.generate(VAN, kind=KeyKind.LOG).verifier.text
    witness = VerifierKey(VAN, KeyKind.WITNESS, key.public).text
    assert known_logs([one]) == {VAN: key}
    for texts in ([one, one], [one, twin], [witness], ["none"]):
        with pytest.raises(SettingsError, match="web_sync_logs: "):
            known_logs(texts)
    with (
        pytest.raises(SettingsError, match="web_sync_logs: "),
        force_in(tmp_path / "force", "none"),
    ):
        pass
