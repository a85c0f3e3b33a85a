"""The console's TLS certificate: read, in time, and of the key beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from overt.operations.doctor.finding import Family, Finding, cannot_tell, fails, holds
from overt.settings import Settings

__all__ = ["check_certificates"]

SOON: Final = timedelta(days=14)
RENEW: Final = "renew it, put it in place, and start the console again: it reads it when it starts"


def check_certificates(settings: Settings, *, now: datetime) -> Iterator[Finding]:
    """Look at the certificate that is set, and at its key."""
    file = settings.web_certificate
    if file is None:
        yield cannot_tell(
            Family.CERTIFICATES, "web_certificate", "none is set: the console has no TLS of its own"
        )
        return
    try:
        chain = x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError) as error:
        yield fails(
            Family.CERTIFICATES,
            str(file),
            f"got {_reason(error)}, want certificates (PEM)",
            "put the certificate with its chain there, or correct web_certificate",
        )
        return
    for number, each in enumerate(chain):
        yield _in_time(file, each, number=number, now=now)
    yield _matching(file, chain[0], settings.web_key)


def _in_time(file: Path, one: x509.Certificate, *, number: int, now: datetime) -> Finding:
    about = f"{file}, number {number + 1}" if number else str(file)
    start, end = one.not_valid_before_utc, one.not_valid_after_utc
    if now < start:
        return fails(
            Family.CERTIFICATES,
            about,
            f"got one that begins on {start.date()}, want one that holds now",
            "look at the clock, then at the certificate",
        )
    if now >= end:
        got = f"got one that ended on {end.date()}, want one that holds now"
        return fails(Family.CERTIFICATES, about, got, RENEW)
    if end - now < SOON:
        got = f"got one that ends on {end.date()}, want {SOON.days} days or more left"
        return fails(Family.CERTIFICATES, about, got, RENEW)
    return holds(Family.CERTIFICATES, about, f"until {end.date()}")


def _matching(file: Path, one: x509.Certificate, key_file: Path | None) -> Finding:
    about = "web_key"
    if key_file is None:
        return fails(Family.CERTIFICATES, about, f"got none, want the key of {file}", "set web_key")
    try:
        key = load_pem_private_key(key_file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        return fails(
            Family.CERTIFICATES,
            about,
            f"{key_file}: got {_reason(error)}, want a key (PEM, without a passphrase)",
            "put the certificate's key there, readable by overt's user alone",
        )
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    if key.public_key().public_bytes(*form) != one.public_key().public_bytes(*form):
        return fails(
            Family.CERTIFICATES,
            about,
            f"{key_file}: got the key of another certificate, want that of {file}",
            "put both in place together",
        )
    return holds(Family.CERTIFICATES, about, f"{key_file} is the key of the certificate")


def _reason(error: Exception) -> str:
    return (error.strerror or "an error") if isinstance(error, OSError) else "no PEM of it"
