"""Timestamps of checkpoints by an authority (RFC 3161): the log stood like this at that time.

The authority stamps the text of the checkpoint, so witnesses may sign it before or after. Only the
function handed in reaches the network. Importing this without the
extra `timestamp` raises LedgerError.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

from cryptography import x509

from overt.errors import LedgerError, SignatureError
from overt.ledger.note import Note

try:
    from rfc3161_client import (
        HashAlgorithm,
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

__all__ = ["Ask", "check_timestamp", "request_timestamp"]

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
    builder = TimestampRequestBuilder(note.text.encode())
    request = builder.hash_algorithm(HashAlgorithm.SHA256).build()
    response = ask(request.as_bytes())
    verify(note, response, roots=roots, nonce=request.nonce)
    return response


def check_timestamp(note: Note, response: bytes, *, roots: bytes) -> datetime:
    """Check a response (DER) offline, and give the time (UTC) at which the checkpoint existed.

    Raises:
        SignatureError: it is of something else, or not of that authority.
    """
    return verify(note, response, roots=roots, nonce=None)


def verify(note: Note, response: bytes, *, roots: bytes, nonce: int | None) -> datetime:
    """Check a response against the text, the roots and, where there is one, the nonce."""
    try:
        certificates = x509.load_pem_x509_certificates(roots)
        stamped = decode_timestamp_response(response)
        verifier = VerifierBuilder(roots=certificates, nonce=nonce).build()
        verifier.verify_message(stamped, note.text.encode())
        return stamped.tst_info.gen_time.astimezone(UTC)
    except (VerificationError, ValueError) as error:
        raise SignatureError(
            f"timestamp: got {error}, want one of the given authority over this checkpoint",
            hint="check that certificates and checkpoint are those that belong to it",
        ) from error
