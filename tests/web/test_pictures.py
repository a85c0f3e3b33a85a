"""Pictures: shown to one session for a minute, and each look is in the record before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from builders import make_alert, make_alert_raised, noise
from consoles import PATIENCE_S, Console

from overt.errors import MissingError, RefusedError
from overt.report.evidence import pack
from overt.values.account import Role
from overt.values.duty_events import EvidenceViewed
from overt.values.events import Event
from overt.web.pictures import Look
from overt.web.sessions import Signed
from overt.wiring import decoy_sealer, open_keys

DEPLOYMENT = "deployment-1"


@pytest.fixture
def watched(own_console: Console) -> Console:
    """Give a console with one alert."""
    services = own_console.services
    seal = decoy_sealer(services.settings.evidence_dir, open_keys(services.settings))
    commitment = seal("alert-1", pack(make_alert(), noise(20, 20)))
    now = own_console.clock.now()
    raised = replace(make_alert_raised("alert-1", now), commitment=commitment)
    services.store.append([Event(services.new_id(now), DEPLOYMENT, now, raised)])
    return own_console


def signed(console: Console, token: str) -> Signed:
    found = console.services.sessions.find(token, active=True)
    assert found is not None
    return found


def take_look(console: Console, token: str, *, purpose: str = "adjudicate") -> Look:
    return console.services.pictures.look(
        signed(console, token), deployment=DEPLOYMENT, alert="alert-1", purpose=purpose
    )


def views(console: Console) -> list[EvidenceViewed]:
    bodies = [each.event.body for each in console.services.store.events()]
    return [body for body in bodies if isinstance(body, EvidenceViewed)]


def test_a_look_is_recorded_and_its_pictures_are_shown(watched: Console) -> None:
    token = watched.token(Role.OPERATOR)
    look = take_look(watched, token)
    assert views(watched) == [EvidenceViewed("alert-1", "Operator Person", "adjudicate")]
    assert look.entry["alert"] == "alert-1"
    assert sorted(look.addresses) == ["listed.png", "scene.png", "shot-1.png"]
    with watched.browser(token) as client:
        for name in look.addresses:
            answer = client.get(look.address(name))
            assert answer.status_code == 200
            assert answer.content.startswith(b"\x89PNG")
            assert answer.headers["content-type"] == "image/png"
            assert answer.headers["cache-control"] == "no-store"
    assert len(views(watched)) == 1


def test_an_address_is_of_one_session_one_look_and_one_picture(watched: Console) -> None:
    token = watched.token(Role.OPERATOR)
    look, other = take_look(watched, token), take_look(watched, token)
    address = look.address("scene.png")
    altered = [
        address.replace("scene", "listed"),
        address.replace(look.id, other.id),
        address[:-1] + ("A" if address[-1] != "A" else "B"),
        address.partition("?")[0],
    ]
    with watched.browser(token) as client:
        assert [client.get(each).status_code for each in altered] == [403] * 4
        assert client.get(address.replace(look.id, "none")).status_code == 404
        assert client.get(address).status_code == 200
    for role in (Role.OPERATOR, Role.AUDITOR, Role.ADMINISTRATOR):
        with watched.as_role(role) as client:
            assert client.get(address).status_code == 403
    with watched.browser() as client:
        assert client.get(address).headers["location"] == "/login"


def test_an_address_is_over_after_a_minute_and_with_its_session(watched: Console) -> None:
    token = watched.token(Role.OPERATOR)
    address = take_look(watched, token).address("scene.png")
    with watched.browser(token) as client:
        watched.clock.moved += timedelta(seconds=30)
        assert client.get(address).status_code == 200
        watched.clock.moved += timedelta(seconds=30)
        assert client.get(address).status_code == 404
        assert vars(watched.services.pictures)["_open"] == {}  # nothing opened is kept
        address = take_look(watched, token).address("scene.png")
        watched.services.pictures.forget(signed(watched, token).session.id)
        assert client.get(address).status_code == 404


def test_only_so_many_looks_are_kept_open(watched: Console) -> None:
    token = watched.token(Role.OPERATOR)
    looks = [take_look(watched, token) for _ in range(66)]
    with watched.browser(token) as client:
        answers = [client.get(each.address("scene.png")).status_code for each in looks]
    assert answers == [404] * 2 + [200] * 64


def test_what_cannot_be_opened_is_not_shown(watched: Console) -> None:
    token = watched.token(Role.OPERATOR)
    with pytest.raises(RefusedError, match="no purpose"):
        take_look(watched, token, purpose=" ")
    with pytest.raises(MissingError):
        watched.services.pictures.look(
            signed(watched, token), deployment=DEPLOYMENT, alert="none", purpose="audit"
        )
    assert views(watched) == []


def test_names_in_an_address_lead_nowhere_else(watched: Console) -> None:
    token = watched.token(Role.OPERATOR)
    look = take_look(watched, token)
    with httpx.Client(
        base_url=watched.address, cookies={"overt": token}, timeout=PATIENCE_S
    ) as client:
        for name in ("entry.json", "..%2f..%2fkeys%2fmaster.key", "scene.png%00"):
            answer = client.get(look.address("scene.png").replace("scene.png", name))
            assert answer.status_code in {403, 404}
