"""Timestamps of a real authority: OpenSSL's, made for the test."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from logs import FIRST, NOON, ORIGIN, WITNESSES
from stamping import certificate, make_authority

from overt.errors import SignatureError
from overt.ledger.checkpoint import Checkpoint
from overt.ledger.timestamp import (
    check_timestamp,
    find_stamped,
    request_timestamp,
    timestamp_request,
)
from overt.ledger.tree import hash_leaf
from overt.ledger.witness import cosign

NOTE = Checkpoint(ORIGIN, 7, hash_leaf(b"x")).sign(key=FIRST)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Callable[[bytes], bytes], bytes]:
    return make_authority(tmp_path_factory.mktemp("authority"))


def test_a_checkpoint_is_stamped(authority: tuple[Callable[[bytes], bytes], bytes]) -> None:
    ask, roots = authority
    response = request_timestamp(NOTE, ask=ask, roots=roots)
    at = check_timestamp(NOTE, response, roots=roots)
    assert abs(at - datetime.now(UTC)) < timedelta(minutes=5)
    assert check_timestamp(cosign(NOTE, key=WITNESSES[0], at=NOON), response, roots=roots) == at


def test_what_is_not_stamped(authority: tuple[Callable[[bytes], bytes], bytes]) -> None:
    ask, roots = authority
    response = request_timestamp(NOTE, ask=ask, roots=roots)
    other = Checkpoint(ORIGIN, 8, hash_leaf(b"x")).sign(key=FIRST)
    key = ec.generate_private_key(ec.SECP256R1())
    stranger = certificate("Root", key, "Root", key)
    for note, answer, trusted in (
        (other, response, roots),
        (NOTE, response, stranger),
        (NOTE, response[:-1], roots),
        (NOTE, response[:-9] + b"x" + response[-8:], roots),
        (NOTE, b"", roots),
        (NOTE, response, b""),
    ):
        with pytest.raises(SignatureError, match="timestamp: got"):
            check_timestamp(note, answer, roots=trusted)


def test_an_old_answer_to_a_new_request(
    authority: tuple[Callable[[bytes], bytes], bytes],
) -> None:
    ask, roots = authority
    old = request_timestamp(NOTE, ask=ask, roots=roots)
    with pytest.raises(SignatureError, match="Nonce"):
        request_timestamp(NOTE, ask=lambda _: old, roots=roots)


def test_the_checkpoint_that_was_stamped_is_found(
    authority: tuple[Callable[[bytes], bytes], bytes],
) -> None:
    ask, roots = authority
    response = ask(timestamp_request(NOTE))
    stamped = Checkpoint.parse(NOTE.text)
    others = [Checkpoint(ORIGIN, size, hash_leaf(b"x")) for size in (6, 8)]
    found, at = find_stamped([others[0], stamped, others[1]], response, roots=roots)
    assert found == stamped
    assert at == check_timestamp(NOTE, response, roots=roots)
    with pytest.raises(SignatureError, match=r"got one of something else.*there are 6, 8 leaves"):
        find_stamped(others, response, roots=roots)
    with pytest.raises(SignatureError, match="timestamp: got"):
        find_stamped([stamped], b"not DER", roots=roots)
    with pytest.raises(SignatureError, match="timestamp: got"):
        find_stamped([stamped], response, roots=b"")
