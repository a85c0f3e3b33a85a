"""Where the console listens, TLS, what is logged, and how errors are told."""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from consoles import Console, console_in, log_in, login_of, until
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from overt import errors
from overt.errors import OvertError, SettingsError
from overt.settings import Settings
from overt.values.account import Role
from overt.web.problems import status_of
from overt.web.serving import listening_of, make_server, open_socket
from overt.web.shell import ACCESS_LOGGER, ERROR_LOGGER

JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Make a certificate for this machine, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "overt test")])
    here = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(here), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


def test_over_tls_the_cookie_is_bound_to_the_host(
    tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    trust = ssl.create_default_context(cafile=certificate[0])
    given = {"web_certificate": certificate[0], "web_key": certificate[1]}
    with console_in(tmp_path, verify=trust, settings=given) as console, console.browser() as client:
        assert console.address.startswith("https://")
        answer = log_in(client, login_of(Role.OPERATOR))
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-overt=")
        flags = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert flags == {"httponly", "path=/", "samesite=strict", "secure"}
        home = client.get("/")
        assert home.status_code == 200
        assert home.headers["strict-transport-security"] == "max-age=31536000"
        # A cookie of the plain name is none here.
        with console.browser(client.cookies["__Host-overt"]) as other:
            assert other.get("/").headers["location"] == "/login"


def listening(**given: object) -> str:
    return listening_of(Settings.model_validate(given)).address


def test_where_it_listens() -> None:
    pair = {"web_certificate": Path("c.pem"), "web_key": Path("k.pem")}
    assert listening() == "http://127.0.0.1:8000"
    assert listening(**pair) == "https://127.0.0.1:8443"
    assert listening(web_address="localhost:1234") == "http://localhost:1234"
    assert listening(web_address="[::1]:1234") == "http://[::1]:1234"
    assert listening(web_address="0.0.0.0:443", **pair) == "https://0.0.0.0:443"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"web_address": "0.0.0.0:8000"}, "without TLS"),
        ({"web_address": "console.example:8000"}, "without TLS"),
        ({"web_address": "[::]:8000"}, "without TLS"),
        ({"web_address": "192.168.1.5:8000"}, "without TLS"),
        ({"web_address": "127.0.0.1"}, "want HOST:PORT"),
        ({"web_address": "127.0.0.1:99999"}, "want HOST:PORT"),
        ({"web_address": "127.0.0.1:web"}, "want HOST:PORT"),
        ({"web_certificate": "c.pem"}, "got one of them"),
        ({"web_key": "k.pem"}, "got one of them"),
    ],
)
def test_where_it_does_not_listen(given: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        listening(**given)


def test_a_certificate_that_is_none_and_a_port_that_is_taken_are_told(
    console: Console, tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    none = tmp_path / "none.pem"
    none.write_text("none")
    app = console.services  # never asked
    for paths in ((none, certificate[1]), (certificate[0], none), (tmp_path / "x", none)):
        given = {"web_certificate": paths[0], "web_key": paths[1]}
        with pytest.raises(SettingsError, match="web_certificate, web_key: got"):
            make_server(app, listening_of(Settings.model_validate(given)))  # pyright: ignore[reportArgumentType]: refused before
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = Settings(web_address=f"127.0.0.1:{port}")
        with pytest.raises(SettingsError, match=f"127.0.0.1:{port}, Address already in use"):
            open_socket(listening_of(settings))


def test_another_name_of_this_machine_is_not_answered(console: Console) -> None:
    """A page elsewhere can have its own name lead to 127.0.0.1."""
    with console.as_role(Role.AUDITOR) as client:
        for name in ("elsewhere.example", "127.0.0.1.elsewhere.example", "", "[::2]:80"):
            assert client.get("/", headers={"Host": name}).status_code == 421
        for name in ("localhost", "localhost:8000", "[::1]:8000", "[::1]"):
            assert client.get("/", headers={"Host": name}).status_code == 200


def access_lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str, int]]:
    """Give what was logged of each request: method, route, status."""
    ours = [each for each in caplog.records if each.name == ACCESS_LOGGER]
    lines = [json.loads(each.getMessage()) for each in ours]
    return [(each["method"], each["route"], each["status"]) for each in lines]


def test_the_access_log_names_routes_and_nobody(
    console: Console, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", ACCESS_LOGGER)
    with console.as_role(Role.OPERATOR) as client:
        client.get("/first/secret-token?name=somebody")
        client.get("/somebody-s-name?x=secret")
        client.request("SECRET", "/")
    # A line is written after its answer: others' may still come first, and ours a moment later.
    wanted = [("GET", "first_form", 404), ("GET", "-", 404), ("other", "home", 405)]
    until(lambda: access_lines(caplog)[-3:] == wanted, saying=lambda: access_lines(caplog))
    for word in ("secret", "somebody", "Operator", "127.0.0.1"):
        assert word not in caplog.text


def test_a_fault_is_answered_and_logged_without_what_was_said(
    own_console: Console, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_role: Role) -> None:
        raise ValueError("Jo Smith, born 1980")

    monkeypatch.setattr("overt.web.routes.home.links_of", fail)
    with own_console.as_role(Role.OPERATOR) as client:
        page = client.get("/")
        assert page.status_code == 500
        assert "the console has a fault" in page.text
        assert page.headers["content-security-policy"]
        told = client.get("/", headers=JSON)
        assert told.headers["content-type"] == "application/problem+json"
        assert told.json()["status"] == 500
        assert client.get("/profile").status_code == 200
    logged = [each for each in caplog.records if each.name == ERROR_LOGGER]
    line = json.loads(logged[0].getMessage())
    assert line["kind"] == "ValueError"
    assert line["route"] == "home"
    assert any("home.py" in each for each in line["places"])
    assert "Smith" not in caplog.text


def test_each_error_has_its_status() -> None:
    want = {
        "LoginError": 401,
        "PersonError": 403,
        "AuthorityError": 403,
        "MissingError": 404,
        "MoveError": 409,
        "WindowError": 409,
        "RefusedError": 409,
        "ConflictError": 409,
        "InputError": 422,
        "PolicyError": 422,
        "RecordsError": 503,
        "ClockError": 503,
        "VaultError": 500,
        "LedgerError": 500,
    }
    for name, status in want.items():
        kind: type[OvertError] = getattr(errors, name)
        assert status_of(kind("got, want")) == status, name


def test_a_problem_says_got_want_and_what_to_do(console: Console) -> None:
    with console.as_role(Role.ADMINISTRATOR) as client:
        told = client.get("/accounts/none", headers=JSON).json()
        assert told == {
            "type": "about:blank",
            "title": "Not found",
            "status": 404,
            "detail": "account: got none of this id, want one",
            "hint": "see the list of them",
        }
        page = client.get("/accounts/none")
        assert page.status_code == 404
        assert "account: got none of this id, want one" in page.text
        assert client.get("/api/none").headers["content-type"] == "application/problem+json"


def test_too_much_is_not_read(console: Console) -> None:
    with console.browser() as client:
        answer = client.post("/login", data={"login": "x" * 2_000_000})
        assert answer.status_code == 413
        assert answer.headers["content-security-policy"]


def test_health_tells_whether_the_record_can_be_read(own_console: Console) -> None:
    with own_console.browser() as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        path = own_console.services.settings.data_dir / "events.sqlite"
        own_console.services.store.close()
        path.write_bytes(b"no database" * 1000)
        answer = client.get("/healthz")
        assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})


def test_metrics_count_requests_by_route(own_console: Console) -> None:
    with own_console.browser() as client:
        client.get("/login")
        text = client.get("/metrics").text
    assert 'overt_web_requests_total{method="GET",route="login_form",status="200"} 1.0' in text
