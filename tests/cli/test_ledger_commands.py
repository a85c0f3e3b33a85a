"""The ledger as its operator, its witnesses and its readers use it: by commands and files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from commands import Commands, Done
from stamping import make_authority

from overt.ids import time_ordered_id
from overt.records.store import open_store
from overt.values.events import DeploymentStopped, Event

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = ("oversight.example/w1", "university.example/w2")


class Operator:
    """A log's operator; its witnesses have folders of their own."""

    def __init__(self, overt: Commands, home: Path, witnesses: tuple[str, ...]) -> None:
        self.overt = overt
        self.home = home
        self.witnesses = witnesses

    def run(self, *arguments: str | Path) -> Done:
        return self.overt.run(
            *arguments, home=self.home, OVERT_WITNESSES=json.dumps(self.witnesses)
        )

    def good(self, *arguments: str | Path) -> str:
        done = self.run(*arguments)
        assert done.code == 0, done.err
        return done.out

    def append(self, *reasons: str) -> None:
        with closing(open_store(self.home / "data" / "events.sqlite")) as store:
            store.append(
                [Event(time_ordered_id(NOON), r, NOON, DeploymentStopped(r)) for r in reasons]
            )

    def request(self, name: str, *more: str) -> Path:
        path = self.home / "request"
        self.good("ledger", "witness", "request", name, path, *more)
        return path

    def cosigned(self, request: Path, name: str, *, key: str) -> Done:
        """Let a witness answer, in its own folder and knowing nothing else."""
        folder = self.home.parent / name.partition("/")[2]
        arguments = ("ledger", "cosign", request, "--folder", folder, "--log", key)
        return self.overt.run(*arguments, home=self.home.parent / "witness")

    def witnessed(self, name: str, *, key: str) -> None:
        done = self.cosigned(self.request(name), name, key=key)
        assert done.code == 0, done.err
        answer = self.home / "answer"
        answer.write_text(done.out)
        assert name in self.good("ledger", "witness", "add", answer)


@pytest.fixture
def operator(overt: Commands, tmp_path: Path) -> Operator:
    keys: list[str] = []
    for name in NAMES:
        folder = tmp_path / name.partition("/")[2]
        begun = overt.run(
            "ledger", "witness", "begin", name, "--folder", folder, home=tmp_path / "witness"
        )
        assert begun.code == 0, begun.err
        keys.append(begun.out.strip())
    (tmp_path / "police").mkdir()
    return Operator(overt, tmp_path / "police", tuple(keys))


def test_two_witnesses_see_the_log_grow(operator: Operator) -> None:
    export = operator.home / "record.jsonl"
    key = operator.good("ledger", "begin", "police.example/lfr").strip()
    operator.append("a", "b", "c")
    operator.good("ledger", "checkpoint")
    operator.witnessed(NAMES[0], key=key)
    done = operator.run("ledger", "export", export, "--witnessed")
    assert done.code == 1
    assert "got no checkpoint that all 2 witnesses have cosigned" in done.err
    operator.witnessed(NAMES[1], key=key)
    operator.append("d", "e")
    operator.good("ledger", "checkpoint")
    for name in NAMES:
        operator.witnessed(name, key=key)
    operator.append("f")  # the log goes on while witnesses are asked
    operator.good("ledger", "checkpoint")
    told = operator.good("ledger", "export", export, "--witnessed")
    assert "5 events" in told
    asked = [part for text in operator.witnesses for part in ("--witness", text)]
    verified = operator.good("verify", export, "--key", key, *asked)
    assert "5 events" in verified
    for name in NAMES:
        assert f"witnessed by {name}" in verified
        assert f"witnessed by {name}" in told
    # What is not cosigned yet does not pass; the minimal install reads both.
    operator.good("ledger", "export", export)
    done = operator.run("verify", export, "--key", key, *asked)
    assert done.code == 1
    assert "got 0 of 2 witnesses, want 2" in done.err
    minimal = subprocess.run(  # noqa: S603 - fixed arguments
        [sys.executable, "-m", "overt.ledger", str(export), "--key", key],
        check=True,
        capture_output=True,
        text=True,
    )
    assert "6 events" in minimal.stdout


def test_a_log_that_was_rolled_back_or_forked_is_not_cosigned(operator: Operator) -> None:
    key = operator.good("ledger", "begin", "police.example/lfr").strip()
    operator.append("a", "b", "c")
    operator.good("ledger", "checkpoint")
    operator.witnessed(NAMES[0], key=key)
    kept = operator.home.parent / "kept"
    shutil.copytree(operator.home, kept)
    operator.append("d", "e", "f")
    operator.good("ledger", "checkpoint")
    operator.witnessed(NAMES[0], key=key)

    again = Operator(operator.overt, kept, operator.witnesses)  # the backup is put back
    again.append("other d")
    again.good("ledger", "checkpoint")
    done = again.cosigned(again.request(NAMES[0]), NAMES[0], key=key)
    assert (done.code, done.out) == (1, "")
    assert "got a checkpoint of 4 leaves, want the 6 that this witness cosigned" in done.err
    assert "together they are the evidence" in done.err
    again.append("other e", "other f", "g")
    again.good("ledger", "checkpoint")
    done = again.cosigned(again.request(NAMES[0]), NAMES[0], key=key)
    assert done.code == 1
    assert "got a proof from 3 leaves, want one from 6" in done.err
    done = again.cosigned(again.request(NAMES[0], "--after", "6"), NAMES[0], key=key)
    assert (done.code, done.out) == (1, "")
    assert "consistency of 6 with 7 leaves: got" in done.err
    # The true log is cosigned as before.
    operator.append("g")
    operator.good("ledger", "checkpoint")
    operator.witnessed(NAMES[0], key=key)


def test_an_answer_is_kept_only_from_a_known_witness_on_a_checkpoint_of_ours(
    operator: Operator,
) -> None:
    key = operator.good("ledger", "begin", "police.example/lfr").strip()
    done = operator.run("ledger", "witness", "request", NAMES[0], operator.home / "request")
    assert done.code == 1
    assert "got no checkpoint, want one" in done.err
    operator.append("a")
    operator.good("ledger", "checkpoint")
    answer = operator.home / "answer"
    answer.write_text(operator.cosigned(operator.request(NAMES[0]), NAMES[0], key=key).out)
    stored = next((operator.home / "data" / "ledger" / "checkpoints").iterdir())
    before = stored.read_bytes()
    stranger = Operator(operator.overt, operator.home, operator.witnesses[1:])
    done = stranger.run("ledger", "witness", "add", answer)
    assert done.code == 1
    assert f"got signatures of ['{NAMES[0]}']" in done.err
    done = stranger.run("ledger", "witness", "request", NAMES[0], operator.home / "request")
    assert done.code == 1
    assert f"got the name '{NAMES[0]}'" in done.err
    said = answer.read_text().strip()
    changed = "A" if said[-5] != "A" else "B"
    (operator.home / "bad").write_text(f"{said[:-5]}{changed}{said[-4:]}\n")
    done = operator.run("ledger", "witness", "add", operator.home / "bad")
    assert done.code == 1
    assert "that fit no checkpoint" in done.err
    assert stored.read_bytes() == before
    operator.append("b")
    operator.good("ledger", "checkpoint")
    assert "1 events\twitnessed" in operator.good("ledger", "witness", "add", answer)
    assert stored.read_bytes() == before + answer.read_bytes()
    assert operator.run("ledger", "witness", "add", operator.home / "none").code == 2


def test_a_checkpoint_is_stamped_by_files(operator: Operator, tmp_path: Path) -> None:
    ask: Callable[[bytes], bytes]
    (tmp_path / "authority").mkdir()
    ask, roots = make_authority(tmp_path / "authority")
    home, export = operator.home, operator.home / "record.jsonl"
    (home / "root.pem").write_bytes(roots)
    key = operator.good("ledger", "begin", "police.example/lfr").strip()
    operator.append("a", "b")
    operator.good("ledger", "checkpoint")
    operator.good("ledger", "timestamp", "request", home / "c.tsq")
    (home / "c.tsr").write_bytes(ask((home / "c.tsq").read_bytes()))
    attach = ("ledger", "timestamp", "attach")
    assert operator.good(*attach, home / "c.tsr", "--root", home / "root.pem").startswith(
        "2 events\tstamped "
    )
    done = operator.run(*attach, home / "c.tsq", "--root", home / "root.pem")
    assert done.code == 1
    assert "timestamp: got" in done.err
    operator.append("c")
    operator.good("ledger", "export", export)
    beside = home / "record.jsonl.tsr"
    assert beside.read_bytes() == (home / "c.tsr").read_bytes()
    verify = ("verify", export, "--key", key, "--timestamp", beside, "--timestamp-root")
    verified = operator.good(*verify, home / "root.pem")
    assert "ok: police.example/lfr, 3 events" in verified
    assert "ok: the checkpoint of 2 events existed at 2" in verified
    (tmp_path / "stranger").mkdir()
    (home / "other.pem").write_bytes(make_authority(tmp_path / "stranger")[1])
    done = operator.run(*verify, home / "other.pem")
    assert (done.code, done.out) == (1, "")
    done = operator.run(*verify[:-1])
    assert done.code == 2
    assert "want both or neither" in done.err
