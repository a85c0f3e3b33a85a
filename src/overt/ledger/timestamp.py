"""Timestamps of checkpoints by an authority (RFC 3161): the log stood like this at that time.

The authority stamps the text of the checkpoint, so witnesses may sign it before or after. Nothing
here reaches the network, save the function handed in. Importing this without the extra `timestamp`
raises LedgerError.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

from cryptography import x509

from overt.errors import LedgerError, SignatureError
from overt.ledger.checkpoint import Checkpoint
from overt.ledger.note import Note

try:
    from rfc3161_client import (
        HashAlgorithm,
        TimeStampRequest,
        TimestampRequestBuilder,
        VerificationError,
        VerifierBuilder,
        decode_timestamp_response,
    )
except ImportError as missing:
    raise LedgerError(
        "timestamps: got no rfc3161-client, want it installed",
        hint='pip install "overt[timestamp]"',
    ) from missing

__all__ = ["Ask", "check_timestamp", "find_stamped", "request_timestamp", "timestamp_request"]

Ask: TypeAlias = Callable[[bytes], bytes]  # sends a TimeStampReq (DER), gives the TimeStampResp


def request_timestamp(note: Note, *, ask: Ask, roots: bytes) -> bytes:
    """Get a checkpoint stamped, and give the authority's response (DER) once it is checked.

    Args:
        note: the checkpoint.
        ask: sends a request to the authority (HTTP POST, application/timestamp-query).
        roots: the authority's root certificates, PEM.

    Raises:
        SignatureError: the response is not to this request, or not of that authority.
    """
    request = build(note)
    response = ask(request.as_bytes())
    verify(note.text, response, roots=roots, nonce=request.nonce)
    return response


def timestamp_request(note: Note) -> bytes:
    """Write what an authority is asked (TimeStampReq, DER), to be sent by other means."""
    return build(note).as_bytes()


def check_timestamp(note: Note, response: bytes, *, roots: bytes) -> datetime:
    """Check a response (DER) offline, and give the time (UTC) at which the checkpoint existed.

    Raises:
        SignatureError: it is of something else, or not of that authority.
    """
    return verify(note.text, response, roots=roots, nonce=None)


def find_stamped(
    checkpoints: Sequence[Checkpoint], response: bytes, *, roots: bytes
) -> tuple[Checkpoint, datetime]:
    """Find the checkpoint that a response (DER) is of, check it, and give the time (UTC).

    Raises:
        SignatureError: it is of none of them, or not of that authority.
    """
    try:
        stamped = decode_timestamp_response(response).tst_info.message_imprint.message
    except ValueError as error:
        raise refused(error) from error
    for checkpoint in checkpoints:
        if hashlib.sha256(checkpoint.text.encode()).digest() == stamped:
            return checkpoint, verify(checkpoint.text, response, roots=roots, nonce=None)
    sizes = ", ".join(str(checkpoint.size) for checkpoint in checkpoints[-5:]) or "none"
    raise SignatureError(
        f"timestamp: got one of something else, want one of a checkpoint; there are {sizes} leaves",
        hint="ask for one with `overt ledger timestamp request`",
    )


def build(note: Note) -> TimeStampRequest:
    """Make a request over a checkpoint's text, with a random nonce."""
    builder = TimestampRequestBuilder(note.text.encode())
    return builder.hash_algorithm(HashAlgorithm.SHA256).build()


def verify(text: str, response: bytes, *, roots: bytes, nonce: int | None) -> datetime:
    """Check a response against the text, the roots and, where there is one, the nonce."""
    try:
        certificates = x509.load_pem_x509_certificates(roots)
        stamped = decode_timestamp_response(response)
        verifier = VerifierBuilder(roots=certificates, nonce=nonce).build()
        verifier.verify_message(stamped, text.encode())
        return stamped.tst_info.gen_time.astimezone(UTC)
    except (VerificationError, ValueError) as error:
        raise refused(error) from error


def refused(error: Exception) -> SignatureError:
    """Say why a response is not taken."""
    return SignatureError(
        f"timestamp: got {error}, want one of the given authority over this checkpoint",
        hint="check that certificates and checkpoint are those that belong to it",
    )
