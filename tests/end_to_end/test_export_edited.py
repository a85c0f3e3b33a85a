"""The export of a real run: whatever is done to it is found, by anybody, offline."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from commands import Commands
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from street import Street

from overt.errors import LedgerError
from overt.ledger.keys import VerifierKey
from overt.ledger.note import Note
from overt.ledger.verify import verify_export

pytestmark = pytest.mark.slow

SHARED = (HealthCheck.function_scoped_fixture,)


@dataclass(frozen=True, repr=False)  # printed whole it would be a book
class Export:
    """What a force publishes, what a reader kept from before, and a place for edited copies."""

    data: bytes
    key: str
    kept: Path
    folder: Path

    @property
    def lines(self) -> list[bytes]:
        return self.data.splitlines()[:-1]  # without the sum

    @property
    def first(self) -> int:
        """Where the events begin."""
        head = json.loads(self.lines[0])
        return 1 + head["checkpoints"] + head["rotations"]

    def verify(self, data: bytes) -> list[bytes]:
        path = self.folder / "edited.jsonl"
        path.write_bytes(data)
        leaves: list[bytes] = []
        verify_export(
            path,
            keys=[VerifierKey.parse(self.key)],
            against=Note.parse(self.kept.read_bytes()),
            witnesses=None,
            visit=leaves.append,
        )
        return leaves


@pytest.fixture(scope="module")
def export(overt: Commands, street: Street, tmp_path_factory: pytest.TempPathFactory) -> Export:
    """Run a trial, sign; let people judge the alert; run another trial, sign and publish."""
    home = tmp_path_factory.mktemp("published")
    data = {"OVERT_DATA_DIR": str(home / "out" / "data")}

    def do(*words: str | Path) -> str:
        done = overt.run(*words, home=home, **data)
        assert done.code == 0, done.err
        return done.out

    trial = ("try", street.clip, "--listed", street.listed, "--out", home / "out")
    do(*trial)
    key = do("ledger", "begin", "police.example/lfr").strip()
    kept = home / "kept.note"
    kept.write_text(do("ledger", "checkpoint"))
    alert = next((home / "out").glob("alert-*.png")).stem.removeprefix("alert-")
    do("alert", "claim", alert, "--by", "Ann")
    sheet = home / "looked-at.png"
    do("alert", "view", alert, "--by", "Ann", "--purpose", "adjudicate", "--out", sheet)
    do("alert", "adjudicate", alert, "engage", "--by", "Ann")
    do(*trial)
    do("ledger", "export", home / "export.jsonl")
    return Export((home / "export.jsonl").read_bytes(), key, kept, home)


def seal(lines: list[bytes]) -> bytes:
    """Write lines with a right sum under them, as somebody would who edits an export."""
    body = b"".join(line + b"\n" for line in lines)
    return body + b'{"sha256":"%s"}\n' % hashlib.sha256(body).hexdigest().encode()


def test_it_verifies_and_holds_what_happened(export: Export) -> None:
    leaves = export.verify(export.data)
    assert leaves == export.lines[export.first :]
    assert export.data == seal(export.lines)
    kinds = [json.loads(leaf)["kind"] for leaf in leaves]
    assert kinds.count("alert-raised") == 2
    assert {"faces-counted", "alert-claimed", "alert-adjudicated", "watchlist-destroyed"} <= set(
        kinds
    )
    assert len(leaves) >= 15


@settings(max_examples=400, suppress_health_check=SHARED)
@given(at=st.integers(0, 2**40), flip=st.integers(1, 255))
def test_any_flipped_byte_is_found(export: Export, at: int, flip: int) -> None:
    at %= len(export.data)
    with pytest.raises(LedgerError):
        export.verify(export.data[:at] + bytes([export.data[at] ^ flip]) + export.data[at + 1 :])


@settings(max_examples=400, suppress_health_check=SHARED)
@given(line=st.integers(0, 2**20), at=st.integers(0, 2**20), flip=st.integers(1, 255))
def test_any_flipped_byte_of_an_event_is_found_under_a_right_sum(
    export: Export, line: int, at: int, flip: int
) -> None:
    """Every event is as likely, however long: the one that holds the policy is a book."""
    lines = export.lines
    line = export.first + line % (len(lines) - export.first)
    event = bytearray(lines[line])
    event[at % len(event)] ^= flip
    with pytest.raises(LedgerError):
        export.verify(seal([*lines[:line], bytes(event), *lines[line + 1 :]]))


Edit = st.tuples(st.sampled_from(["drop", "add", "swap", "move"]), st.integers(0), st.integers(0))


@settings(max_examples=400, suppress_health_check=SHARED)
@given(edits=st.lists(Edit, min_size=1, max_size=4))
def test_events_dropped_added_swapped_and_moved_are_found(
    export: Export, edits: list[tuple[str, int, int]]
) -> None:
    """Unless the edits undo each other; the header may say the new number of events or the old."""
    head, events = export.lines[: export.first], export.lines[export.first :]
    edited = list(events)
    for kind, first, second in edits:
        if not edited:
            break
        at, other = first % len(edited), second % len(edited)
        match kind:
            case "drop":
                del edited[at]
            case "add":  # one as real as the others
                edited.insert(other, edited[at].replace(b'"id":"0', b'"id":"1', 1))
            case "swap":
                edited[at], edited[other] = edited[other], edited[at]
            case _:
                edited.insert(other, edited.pop(at))
    size = b'"leaves":%d' % len(events)
    assert size in head[0]
    for first_line in (head[0], head[0].replace(size, b'"leaves":%d' % len(edited))):
        data = seal([first_line, *head[1:], *edited])
        if edited == events:
            assert export.verify(data) == events
        else:
            with pytest.raises(LedgerError):
                export.verify(data)


def test_the_command_says_which_events(overt: Commands, export: Export) -> None:
    lines = export.lines
    at = next(n for n, line in enumerate(lines) if b'"kind":"faces-counted"' in line)
    counts = json.loads(lines[at])["body"]
    seen = counts["counts"]["seen"] if "counts" in counts else counts["seen"]
    lower = lines[at].replace(b'"seen":%d' % seen, b'"seen":%d' % (seen + 1000), 1)
    assert lower != lines[at]
    path = export.folder / "more faces.jsonl"
    path.write_bytes(seal([*lines[:at], lower, *lines[at + 1 :]]))
    command = ("verify", path, "--key", export.key, "--against", export.kept)
    done = overt.run(*command, home=export.folder)
    assert done.code == 1
    assert "error: " in done.err
    assert "of leaves 0 to " in done.err
    path.write_bytes(export.data)
    whole = overt.run(*command, home=export.folder)
    assert (whole.code, whole.err) == (0, "")
    assert "ok: goes on from the checkpoint of" in whole.out
