"""One-time codes of an app on somebody's phone (TOTP, RFC 6238), each taken once."""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from typing import Final
from urllib.parse import quote

import segno
from markupsafe import Markup
from pyotp.totp import TOTP

__all__ = ["PERIOD_S", "address_of", "drawn", "new_secret", "period_of"]

PERIOD_S: Final = 30
SECRET_BYTES: Final = 20  # as RFC 4226 recommends, section 4
DRIFT: Final = 1  # periods that a phone's clock may be off
ISSUER: Final = "overt"


def new_secret() -> str:
    """Draw a secret of 160 random bits, in base 32."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def address_of(secret: str, *, login: str) -> str:
    """Give what an app takes in: an otpauth address."""
    return f"otpauth://totp/{ISSUER}:{quote(login)}?secret={secret}&issuer={ISSUER}"


def drawn(address: str) -> Markup:
    """Draw what an app takes in as a QR code, for a page: SVG without a style or a script.

    Dark on light whatever the page's colours are, with the quiet zone of four modules that ISO/IEC
    18004 asks for: cameras want both.
    """
    code = segno.make_qr(address, error="m")
    return Markup(  # noqa: S704 - of segno alone: what is drawn is no text
        code.svg_inline(border=4, dark="#000", light="#fff", svgclass="qr-code", omitsize=True)
    )


def period_of(secret: str, code: str, *, now: datetime) -> int | None:
    """Find the period whose code it is, within the drift; None where it is none of them."""
    digits = "".join(code.split())
    codes = TOTP(secret)
    current = int(now.timestamp()) // PERIOD_S
    for period in range(current - DRIFT, current + DRIFT + 1):
        if hmac.compare_digest(codes.generate_otp(period).encode(), digits.encode()):
            return period
    return None
