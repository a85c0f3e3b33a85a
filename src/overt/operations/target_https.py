"""A force's console, to which a machine brings its record over HTTPS, with a token."""

from __future__ import annotations

import http.client
import json
import secrets
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, cast
from urllib.parse import SplitResult, quote, urlsplit

from overt.errors import (
    ConflictError,
    InputError,
    LedgerError,
    LoginError,
    MissingError,
    OvertError,
    PersonError,
    RecordsError,
)
from overt.governance.transparency import TransparencyLog
from overt.operations.target import Part, Standing
from overt.text import printable

__all__ = ["HttpsTarget", "address_of", "token_in", "trust", "written"]

PATH: Final = "/api/v1/sync/"
TIMEOUT_S: Final = 300.0  # a console that has a long record reads it once, before it answers
MOST_ANSWER: Final = 65536  # bytes
MOST_SAID: Final = 2000  # characters of what a console says
LONGEST_TOKEN: Final = 500
OK, BUSY, NOT_NOW = 200, 429, 503
PAUSES: Final = 20
LONGEST_S: Final = 60
AGAIN: Final = "run it again when the console can be reached: it goes on where it was"
ERRORS: Final[Mapping[int, type[OvertError]]] = {
    401: LoginError,
    403: PersonError,
    404: MissingError,
    409: ConflictError,
    413: LedgerError,
    422: LedgerError,
}


class Answer(NamedTuple):
    """What a console answered."""

    status: int
    wait_s: int  # that it asks for, before it is asked again
    content: bytes


class HttpsTarget:
    """A console's record. Its certificate is verified, always; no proxy is used, nor a redirect."""

    def __init__(
        self,
        address: str,
        *,
        token: str,
        log: TransparencyLog,
        context: ssl.SSLContext,
        wait: Callable[[float], None],
    ) -> None:
        """Take the console, and what is needed to be believed there.

        Args:
            address: of the console, https://HOST[:PORT].
            token: of the scope `records:sync`.
            log: whose record is brought: it signs and proves.
            context: `trust` makes it.
            wait: for so many seconds, where the console asks for it.

        Raises:
            InputError: no such address.
        """
        self._address = address_of(address)
        self._token = token
        self._log = log
        self._context = context
        self._wait = wait

    def standing(self, log: str, /) -> Standing:
        """Ask how far the console's record has come with a log.

        Raises:
            RecordsError: it cannot be reached, or not answer.
            RefusedError: it does not take this log, or not with this token.
        """
        return self._standing(self._ask("GET", PATH + quote(log, safe="")))

    def take(self, part: Part, /) -> None:
        """Send a part: the events' own bytes, and what is left that opens their commitments.

        Raises:
            ConflictError: the console's record has come to elsewhere, or has one of the events.
            LedgerError: it takes the part for something else than what was signed.
            RecordsError, RefusedError: as `standing`.
        """
        body = json.dumps(written(part, log=self._log), ensure_ascii=False).encode()
        now = self._standing(self._ask("POST", PATH + quote(part.log, safe=""), body))
        if (now.size, now.root) != (part.size, part.root):
            raise LedgerError(
                f"log {part.log!r}: got the answer {now.size} events with root {now.root}, want "
                f"{part.size} with root {part.root}",
                hint="find out what answers there: it is not what was sent",
            )

    def verify(self, log: str, /) -> int:
        """Have the console hash anew what it has of a log, and count it.

        Raises:
            LedgerError: it is not what came.
            RecordsError, RefusedError: as `standing`.
        """
        try:
            return self._standing(self._ask("GET", PATH + quote(log, safe="") + "?anew=true")).size
        except ConflictError as error:
            raise LedgerError(str(error), hint=error.hint) from error

    def _ask(self, method: str, path: str, body: bytes | None = None) -> dict[str, object]:
        """Ask, and again where the console asks for a pause."""
        answer = self._once(method, path, body)
        for _ in range(PAUSES):
            if answer.status != BUSY:
                break
            self._wait(answer.wait_s)
            answer = self._once(method, path, body)
        try:
            said: object = json.loads(answer.content)
        except (ValueError, RecursionError):
            said = None
        found = cast("dict[str, object]", said) if isinstance(said, dict) else {}
        if answer.status != OK:
            raise self._refused(answer.status, found)
        return found

    def _once(self, method: str, path: str, body: bytes | None) -> Answer:
        """Ask once, over a connection of its own."""
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
            # A new one each time: what became of a request that was cut off the standing tells.
            headers["Idempotency-Key"] = secrets.token_hex(16)
        host, port = self._address.hostname or "", self._address.port
        connection = http.client.HTTPSConnection(
            host, port, timeout=TIMEOUT_S, context=self._context
        )
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            wait = response.getheader("Retry-After", "")
            wait_s = min(int(wait[:9]), LONGEST_S) if wait.isdecimal() else 1
            return Answer(response.status, max(1, wait_s), response.read(MOST_ANSWER))
        except ssl.SSLCertVerificationError as error:
            raise RecordsError(
                f"{self._name}: got a certificate that cannot be trusted "
                f"({printable(error.verify_message)}), want one of this host",
                hint="name the certificates of who issued it with --ca; never bring a record to a "
                "console whose certificate is another's",
            ) from error
        except (OSError, http.client.HTTPException) as error:
            reason = (isinstance(error, OSError) and error.strerror) or type(error).__name__
            raise RecordsError(
                f"{self._name}: got {printable(str(reason))}, want an answer", hint=AGAIN
            ) from error
        finally:
            connection.close()

    def _refused(self, status: int, said: Mapping[str, object]) -> OvertError:
        """Make the error for an answer that is none, in the console's words where it has some."""
        detail, hint = (_shown(said.get(name)) for name in ("detail", "hint"))
        if kind := ERRORS.get(status):
            return kind(f"{self._name}: {detail or f'got the answer {status}'}", hint=hint)
        return RecordsError(
            f"{self._name}: got the answer {status}{f' ({detail})' if detail else ''}, want 200",
            hint=AGAIN if status in (BUSY, NOT_NOW) else hint,
        )

    def _standing(self, found: Mapping[str, object]) -> Standing:
        match found:
            case {
                "key": str(key),
                "size": int(size),
                "root": str(root),
                "signed": int(signed),
                "place": int(place),
            } if min(size, signed, place) >= 0:
                return Standing(_shown(key), size, _shown(root), signed, place)
            case _:
                raise RecordsError(
                    f"{self._name}: got an answer that tells no standing, want one",
                    hint="see whether that is the address of a console of this version",
                )

    @property
    def _name(self) -> str:
        return f"https://{printable(self._address.netloc)}"


def written(part: Part, *, log: TransparencyLog) -> dict[str, object]:
    """Write a part as it is sent, with what proves it."""
    proof = log.proof(part.note, after=part.size)
    return {
        "after": part.after,
        "events": [each.encoded.canonical.decode() for each in part.events],
        "openings": [_text(each.encoded.openings) for each in part.events],
        "checkpoint": part.note.data.decode(),
        "rotations": [note.data.decode() for note in log.rotations()],
        "proof": [each.hex() for each in proof.path],
    }


def _text(openings: bytes | None) -> str | None:
    return None if openings is None else openings.decode()


def address_of(address: str) -> SplitResult:
    """Read a console's address.

    Raises:
        InputError: it is not over TLS, has a login in it, or more than host and port.
    """
    try:
        split = urlsplit(address)
        bare = split.hostname and not split.username and split.password is None
        good = split.scheme == "https" and bare and split.path in ("", "/") and split.port != 0
        (split.hostname or "").encode("idna")  # a UnicodeError is a ValueError
    except ValueError:
        split, good = urlsplit(""), False
    if not good or split.query or split.fragment or not address.isprintable():
        raise InputError(
            "console: got no address of one over TLS, want https://HOST or https://HOST:PORT",
            hint="no login and no token goes into it: a token lies in a file, --token-file",
        )
    return split


def token_in(content: bytes) -> str:
    """Read a token; no error repeats it.

    Raises:
        InputError: it is none.
    """
    try:
        token = content.decode("ascii").strip()
    except UnicodeDecodeError:
        token = ""
    usable = token.isprintable() and " " not in token
    if not 0 < len(token) <= LONGEST_TOKEN or not usable:
        raise InputError(
            "--token-file: got no token, want one line with it",
            hint="make one of the scope records:sync in the console, under Tokens",
        )
    return token


def trust(ca: Path | None) -> ssl.SSLContext:
    """Say who issues the console's certificate: the file's, else who this machine trusts.

    Raises:
        InputError: the file cannot be read, or holds no certificate.
    """
    try:
        return ssl.create_default_context(cafile=ca)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        reason = "no certificate" if isinstance(error, ssl.SSLError | ValueError) else None
        said = reason or cast("Any", error).strerror
        raise InputError(
            f"--ca: {printable(str(ca))}: got {said}, want certificates (PEM)"
        ) from error


def _shown(value: object) -> str:
    """Take what came from another machine for text that can be shown."""
    return printable(value[:MOST_SAID]) if isinstance(value, str) else ""
