"""The login service that the settings name, where they name one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from overt.clock import Clock
from overt.errors import SettingsError
from overt.settings import Settings

if TYPE_CHECKING:
    from overt.web.oidc.provider import Provider

__all__ = ["is_safe_address", "open_provider"]

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def open_provider(settings: Settings, *, clock: Clock) -> Provider | None:
    """Make what asks the login service; None where the settings name none. Nothing is asked yet.

    Raises:
        SettingsError: a setting is missing or cannot be used, or the extra is not installed.
    """
    issuer, client, path = (
        settings.web_oidc_issuer,
        settings.web_oidc_client,
        settings.web_oidc_secret,
    )
    if not issuer:
        if client or path is not None:
            raise SettingsError("web_oidc_issuer: got none, want the login service's address")
        return None
    if not is_safe_address(issuer) or urlsplit(issuer).query:
        raise SettingsError(
            "web_oidc_issuer: got what is no address of https, want one, as https://login.example",
            hint="http is taken for this machine alone",
        )
    if not client or path is None:
        raise SettingsError("web_oidc_client, web_oidc_secret: got one of them or none, want both")
    if "openid" not in settings.web_oidc_scopes:
        raise SettingsError("web_oidc_scopes: got none that is openid, want it among them")
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"web_oidc_secret: got {type(error).__name__} for {path}, want a file that can be read"
        ) from error
    if not secret:
        raise SettingsError(f"web_oidc_secret: got {path} with nothing in it, want the secret")
    try:
        from overt.web.oidc.provider import Provider  # noqa: PLC0415 - of an extra
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"web_oidc_issuer: got no package {error.name}, want it installed",
            hint="pip install 'overt[oidc]'",
        ) from error
    return Provider(
        issuer,
        client=client,
        secret=secret,
        scopes=settings.web_oidc_scopes,
        claim=settings.web_oidc_claim,
        clock=clock,
    )


def is_safe_address(address: str) -> bool:
    """Tell whether nobody between can read what is asked there: https, or this machine itself."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    return safe and bool(host) and not parts.username and not parts.fragment
