"""A small login service (OpenID Connect) over real HTTP, that can be made to lie."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import socket
import threading
import time
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet, OctKey, RSAKey

CLIENT = "overt-console"
SECRET = "a secret that only the two have"  # noqa: S105 - of a service that only tests have
FIRST_KEY = RSAKey.generate_key(2048, {"kid": "one"})


@dataclass
class LoginService:
    """What it answers; a test changes it."""

    address: str = ""
    key: Key = field(default_factory=lambda: FIRST_KEY)
    algorithm: str = "RS256"
    signing: Key | None = None  # another than is published
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "s-1"})
    without: frozenset[str] = frozenset()  # claims that are left out
    token: dict[str, Any] = field(default_factory=dict[str, Any])  # beside or instead
    discovery: dict[str, Any] = field(default_factory=dict[str, Any])  # beside or instead
    status: int = 200  # of the token's endpoint
    codes: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    asked: list[str] = field(default_factory=list[str])

    def reset(self) -> None:
        """Be honest again."""
        fresh = LoginService(key=FIRST_KEY)
        for name in ("key", "algorithm", "signing", "claims", "without", "token", "discovery"):
            setattr(self, name, getattr(fresh, name))
        self.status = 200
        self.asked.clear()

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        base = {"iss": self.address, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": nonce}
        claims = {k: v for k, v in (base | self.claims).items() if k not in self.without}
        if self.algorithm == "none":
            parts = ({"alg": "none", "typ": "JWT"}, claims)
            texts = [base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in parts]
            return b".".join((*texts, b"")).decode()
        key = self.signing or self.key
        header = {"alg": self.algorithm, "kid": key.kid}
        return jwt.encode(header, claims, key, algorithms=[self.algorithm])

    def logout_token(
        self, *, without: Iterable[str] = (), header: Mapping[str, Any] | None = None, **claims: Any
    ) -> str:
        """Say that somebody's session has ended (OpenID Connect Back-Channel Logout 1.0, 2.4)."""
        now = int(time.time())
        base: dict[str, Any] = {
            "iss": self.address,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_urlsafe(8),
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        }
        told = {name: value for name, value in (base | claims).items() if name not in without}
        key = self.signing or self.key
        known = {"alg": self.algorithm, "kid": key.kid, "typ": "logout+jwt"} | dict(header or {})
        return jwt.encode(known, told, key, algorithms=[self.algorithm])

    def exchange(self, form: Mapping[str, str], authorization: str) -> Response:
        """Give tokens for a code, as RFC 6749 and RFC 7636 want it: once, to who began it."""
        begun = self.codes.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".replace(" ", "%20").encode()).decode()
        plain = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        known = authorization in {f"Basic {basic}", f"Basic {plain}"}
        hashed = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
        if not known:
            return JSONResponse({"error": "invalid_client"}, 401)
        good = (
            begun is not None
            and form.get("grant_type") == "authorization_code"
            and begun["code_challenge"] == challenge
            and begun["redirect_uri"] == form.get("redirect_uri")
        )
        if not good or begun is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        told = {"access_token": "opaque", "token_type": "Bearer", "expires_in": 60}
        return JSONResponse(
            told | {"id_token": self.id_token(begun["nonce"])} | self.token, self.status
        )


def app_of(service: LoginService) -> FastAPI:
    app = FastAPI(openapi_url=None)

    @app.get("/.well-known/openid-configuration")
    def discovery() -> dict[str, Any]:  # pyright: ignore[reportUnusedFunction]: a route
        service.asked.append("discovery")
        return {
            "issuer": service.address,
            "authorization_endpoint": f"{service.address}/authorise",
            "token_endpoint": f"{service.address}/token",
            "jwks_uri": f"{service.address}/keys",
        } | service.discovery

    @app.get("/keys")
    def keys() -> dict[str, Any]:  # pyright: ignore[reportUnusedFunction]: a route
        service.asked.append("keys")
        return dict(KeySet([service.key]).as_dict())

    @app.get("/authorise")
    def authorise(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]: a route
        asked = dict(request.query_params)
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        service.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"], "iss": service.address})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 303)

    @app.post("/token")
    async def token(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]: a route
        service.asked.append("token")
        form = dict(parse_qsl((await request.body()).decode()))
        return service.exchange(form, request.headers.get("authorization", ""))

    return app


@contextmanager
def login_service(name: str = "localhost") -> Generator[LoginService]:
    """Serve it on a free port, under a name of this machine that is not the console's."""
    service = LoginService()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        service.address = f"http://{name}:{listening.getsockname()[1]}"
        config = uvicorn.Config(app_of(service), log_config=None, lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield service
        finally:
            server.should_exit = True
            thread.join()


def other_rsa_key() -> Key:
    """Give a key of the same name that is not published."""
    return RSAKey.generate_key(2048, {"kid": "one"})


def curve_key(kid: str = "two") -> Key:
    return ECKey.generate_key("P-256", {"kid": kid})


def secret_key() -> Key:
    """Give the client's secret as a key: both sides have it, so it proves nothing."""
    return OctKey.import_key(SECRET, {"kid": "one"})
