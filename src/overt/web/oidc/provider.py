"""Asks the login service who somebody is, and believes nothing that is not signed for this console.

OpenID Connect Core 1.0 (section 3.1, the code flow; 3.1.3.7, what is checked of an ID token),
Discovery 1.0, PKCE (RFC 7636, S256), the issuer in the answer (RFC 9207).
"""

from __future__ import annotations

import json
import re
import threading
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol, cast
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from overt.clock import Clock
from overt.web.oidc.errors import SignInError, UnreachableError
from overt.web.oidc.logouts import Ended, ended_by
from overt.web.oidc.opening import is_safe_address

__all__ = ["ALGORITHMS", "Known", "Provider"]

# By a key that the service alone has: never "none", never HMAC with the secret that we have too.
ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "Ed25519", "EdDSA"),
)
WELL_KNOWN: Final = "/.well-known/openid-configuration"
KEPT: Final = timedelta(hours=1)  # what the service says of itself, and its keys
AGAIN: Final = timedelta(minutes=1)  # before keys are asked for again because one is unknown
PAUSE: Final = timedelta(seconds=5)  # before a service that does not answer is asked again
LEEWAY_S: Final = 60  # that clocks may differ by
TIMEOUT_S: Final = 10.0
LARGEST: Final = 512 * 1024  # bytes of an answer
LONGEST: Final = 255  # characters of a subject (OpenID Connect Core 1.0, section 2)
PLAIN: Final = re.compile(r"[a-z_]{1,40}")  # what an error may be called in the log


@dataclass(frozen=True, slots=True)
class Known:
    """Who the service says that somebody is."""

    subject: str
    login: str  # of the claim that is set; "" where there is none, or the service vouches for none
    session: str  # the service's own id of the session; "" where it tells none


@dataclass(frozen=True, slots=True)
class Places:
    """Where the service is asked what."""

    authorise: str
    token: str
    keys: str
    secret_in_form: bool  # the client's secret goes into the form: it takes no Basic


class Asking(Protocol):
    """What is used of Authlib's session, which has no types."""

    def create_authorization_url(self, url: str, **parameters: str) -> tuple[str, str]: ...
    def fetch_token(self, url: str, **parameters: object) -> dict[str, object]: ...
    def close(self) -> None: ...


class Provider:
    """The login service. Threads may share it."""

    def __init__(
        self,
        issuer: str,
        *,
        client: str,
        secret: str,
        scopes: tuple[str, ...],
        claim: str,
        clock: Clock,
    ) -> None:
        self.issuer = issuer
        self.claim = claim
        self._client = client
        self._secret = secret
        self._scopes = " ".join(scopes)
        self._clock = clock
        self._lock = threading.Lock()
        self._places: tuple[datetime, Places] | None = None
        self._away: tuple[datetime, UnreachableError] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    @property
    def host(self) -> str:
        """The service's name, for who is about to go there."""
        return urlsplit(self.issuer).hostname or ""

    def address(self, *, back: str, state: str, nonce: str, verifier: str) -> str:
        """Give where a browser goes to log in.

        Args:
            back: the console's address that it comes back to.
            state: what it brings back.
            nonce: what the ID token must hold.
            verifier: of PKCE; its hash goes along.

        Raises:
            SignInError: the service does not say where.
        """
        places = self._find_places()
        with closing(self._session(places)) as session:
            where, _ = session.create_authorization_url(
                places.authorise,
                state=state,
                code_verifier=verifier,
                nonce=nonce,
                redirect_uri=back,
            )
        return where

    def exchange(self, code: str, *, back: str, nonce: str, verifier: str) -> Known:
        """Give who somebody is, for the code that their browser brought back.

        Raises:
            SignInError: the service does not say so, or not to this console, now, for this login.
        """
        places = self._find_places()
        try:
            with closing(self._session(places)) as session:
                given = session.fetch_token(
                    places.token,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    redirect_uri=back,
                    timeout=TIMEOUT_S,
                    allow_redirects=False,  # what is sent holds the secret
                )
        except AuthlibBaseError as error:
            raise SignInError(f"token: got {named(error.error)}, want an ID token") from error
        except requests.RequestException as error:
            raise unreachable("token", error) from error
        except ValueError as error:
            raise SignInError("token: got no JSON object, want an ID token") from error
        text = given.get("id_token")
        if not isinstance(text, str):
            raise SignInError("token: got none, want an ID token")
        return self._known(text, nonce=nonce, access=given.get("access_token"))

    def ended(self, text: str) -> Ended:
        """Give what a logout token says has ended.

        Raises:
            SignInError: it cannot be believed, or the service's keys cannot be read.
        """
        return ended_by(
            text,
            verified=self._verified,
            issuer=self.issuer,
            client=self._client,
            now=self._clock.now(),
        )

    def _known(self, text: str, *, nonce: str, access: object) -> Known:
        """Check an ID token, all of it, and read who it is about."""
        try:
            token = self._verified(text)
            options = {
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self._client},
                **{name: {"essential": True} for name in ("sub", "exp", "iat")},
            }
            params = {"nonce": nonce, "client_id": self._client, "access_token": access}
            claims = CodeIDToken(token.claims, token.header, options, params)
            claims.validate(now=int(self._clock.now().timestamp()), leeway=LEEWAY_S)
        except ClaimError as error:
            raise SignInError(
                f"ID token: got {named(error.error)} ({named(error.claim)}), want it good"
            ) from error
        except (JoseError, ValueError, TypeError) as error:
            kind = error.error if isinstance(error, JoseError) else "what is none"
            raise SignInError(f"ID token: got {kind}, want it good") from error
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST:
            raise SignInError("ID token: got a subject that is none, want one")
        session = claims.get("sid")
        if not isinstance(session, str) or len(session) > LONGEST:
            session = ""
        return Known(subject, self._login(claims), session)

    def _login(self, claims: dict[str, Any]) -> str:
        """Give the login that the service vouches for, as it is compared: folded."""
        value = claims.get(self.claim) if self.claim else None
        if not isinstance(value, str) or len(value) > LONGEST:
            return ""
        if self.claim == "email" and claims.get("email_verified") is not True:
            return ""
        return value.strip().casefold()

    def _verified(self, text: str) -> jwt.Token:
        """Read what a key of the service has signed; a key that is new is asked for, once a minute.

        Raises:
            JoseError: none has.
        """
        try:
            return jwt.decode(text, self._find_keys(kept=KEPT), algorithms=ALGORITHMS)
        except InvalidKeyIdError:
            return jwt.decode(text, self._find_keys(kept=AGAIN), algorithms=ALGORITHMS)

    def _session(self, places: Places) -> Asking:
        way = "client_secret_post" if places.secret_in_form else "client_secret_basic"
        session: object = OAuth2Session(
            self._client,
            self._secret,
            scope=self._scopes,
            token_endpoint_auth_method=way,
            code_challenge_method="S256",
        )
        return cast("Asking", session)

    def _find_places(self) -> Places:
        with self._lock:
            now = self._clock.now()
            if self._places is not None and now - self._places[0] < KEPT:
                return self._places[1]
            if self._away is not None and now - self._away[0] < PAUSE:
                raise self._away[1]  # who waited for the lock does not wait for it as well
            try:
                self._places = (now, self._discover())
            except UnreachableError as error:
                self._away = (self._clock.now(), error)
                raise
            return self._places[1]

    def _discover(self) -> Places:
        """Read what the service says of itself (Discovery 1.0, section 4)."""
        told = read("discovery", self.issuer.rstrip("/") + WELL_KNOWN)
        if told.get("issuer") != self.issuer:
            raise SignInError("discovery: got another issuer, want the one that is set")
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        found = [told.get(name) for name in names]
        for name, address in zip(names, found, strict=True):
            if not isinstance(address, str) or not is_safe_address(address):
                raise SignInError(f"discovery: got no {name} of https, want one")
        ways = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        authorise, token, keys = cast("list[str]", found)
        return Places(authorise, token, keys, secret_in_form="client_secret_basic" not in ways)

    def _find_keys(self, *, kept: timedelta) -> KeySet:
        places = self._find_places()
        with self._lock:
            now = self._clock.now()
            if self._keys is None or now - self._keys[0] >= kept:
                if self._away is not None and now - self._away[0] < PAUSE:
                    raise self._away[1]  # anybody can send what asks for keys
                try:
                    told = read("keys", places.keys)
                except UnreachableError as error:
                    self._away = (self._clock.now(), error)
                    raise
                if not isinstance(told.get("keys"), list):
                    raise SignInError("keys: got no list of them, want one")
                self._keys = (now, KeySet.import_key_set(cast("Any", told)))
            return self._keys[1]


def read(what: str, address: str) -> dict[str, Any]:
    """Read a JSON object that the service publishes.

    Raises:
        SignInError: it cannot be read.
    """
    try:
        with requests.get(address, timeout=TIMEOUT_S, allow_redirects=False, stream=True) as answer:
            content = answer.raw.read(LARGEST + 1, decode_content=True)
            status = answer.status_code
    except (requests.RequestException, OSError) as error:
        raise unreachable(what, error) from error
    if status != 200:
        raise UnreachableError(f"{what}: got status {status}, want 200")
    try:
        told: object = json.loads(content) if len(content) <= LARGEST else None
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise UnreachableError(f"{what}: got no JSON object of {LARGEST} bytes at most, want one")
    return cast("dict[str, Any]", told)


def unreachable(what: str, error: Exception) -> UnreachableError:
    return UnreachableError(f"{what}: got {type(error).__name__}, want an answer")


def named(text: object) -> str:
    """Give what an error is called, where that is a plain word: a service may write anything."""
    return text if isinstance(text, str) and PLAIN.fullmatch(text) else "what is not shown"
