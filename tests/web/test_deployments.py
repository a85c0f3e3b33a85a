"""Before and after a deployment over HTTP: drafting, two people, rules, and what is left."""

from __future__ import annotations

import hashlib
import html
import io
import re
import zipfile
from base64 import b64encode
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import numpy as np
import pytest
from builders import make_entry, make_vectors, noise
from consoles import Console, console_in, csrf_in, send
from PIL import Image
from web_deployments import checked, raise_alert, running, to_engage

from overt.governance.listfile import ListFile, list_digest
from overt.governance.lookalikes import find_alike
from overt.inference.manifest import read_manifest
from overt.inference.opened import find_manifest
from overt.match.scale import ReferenceScale
from overt.review.deployment_state import MOVES, DeploymentState
from overt.values.account import Account, Role
from overt.values.deployment import Rank
from overt.values.embeddings import Embeddings
from overt.values.events import DeploymentStarted, DeploymentStopped, Event
from overt.values.watchlist import Category, Watchlist
from overt.web.checking import subject_of
from overt.web.drafts import MOST_BYTES
from overt.web.life import MAIN
from overt.wiring import comparer_of, open_keys

TOML = """
name = "{name}"
place = "yard behind the building"
purpose = "protective security"
threshold = 0.64
bundle = "default"
watchlist = "{watchlist}"
trial = true
window = {{ start = {start}, end = {end} }}

[[camera]]
name = "gate"
source = "rtsp://camera.example/1"

[authority]
officer = "{officer}"
rank = "{rank}"
given = {given}
reference = "REG/12"
necessity = "to see whether the cameras are placed well"
proportionality = "twelve members of staff, all of whom signed"
urgent = {urgent}

[recognition]
confirm_shots = 2
"""
OFFICER = "Authorising Officer Person"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Generator[Console]:
    with console_in(tmp_path_factory.mktemp("office")) as console:
        build_list(console)
        yield console


def build_list(console: Console, name: str = "list-1") -> None:
    """Seal a list of people who agreed, two of whom look alike, where drafts look for it."""
    settings = console.services.settings
    settings.deployments_dir.mkdir(mode=0o700, exist_ok=True)
    bundle = read_manifest(find_manifest("default", folder=settings.bundles_dir))
    vectors = make_vectors(6, dimensions=bundle.recogniser.dimensions)
    vectors[5] = vectors[4] + np.float32(1e-3)
    entries = tuple(
        replace(make_entry(f"R-{row}", name=f"Nobody {row}"), category=Category.BLUE)
        for row in range(6)
    )
    digest = list_digest(entries, vectors, bundle=bundle.digest)
    built = console.clock.now() - timedelta(hours=1)
    watchlist = Watchlist(name, built, bundle.digest, entries, Embeddings(vectors), digest)
    photos = [noise(8, 8, seed=row) for row in range(6)]
    folder = settings.deployments_dir / name
    ListFile.create(folder, watchlist, photos, keys=open_keys(settings))
    assert bundle.calibration is not None
    scale = ReferenceScale(bundle.calibration)
    assert list(find_alike(entries, vectors, scale=scale, comparer=comparer_of(bundle)))


def toml(console: Console, **told: str) -> bytes:
    """Write a file of a deployment that begins in an hour."""

    def at(**more: float) -> str:
        return (console.clock.now() + timedelta(**more)).strftime("%Y-%m-%dT%H:%M:%SZ")

    usual = {
        "name": "trial in the yard",
        "watchlist": "list-1",
        "officer": OFFICER,
        "rank": "Superintendent",
        "urgent": "false",
        "start": at(hours=1),
        "end": at(hours=3),
        "given": at(hours=-1),
    }
    return TOML.format(**(usual | told)).encode()


def running_trial(console: Console) -> str:
    """Have a trial of the default bundle run, and give its id."""
    here = console.services

    def at(**more: float) -> str:
        return (console.clock.now() + timedelta(**more)).strftime("%Y-%m-%dT%H:%M:%SZ")

    times = {"start": at(minutes=-5), "end": at(hours=2), "given": at(hours=-1)}
    draft = here.drafts.take("d.toml", toml(console, **times))
    deployment = here.office.draft(name="yard", draft=draft.digest, by="A. Drafter")
    here.office.submit(deployment, draft=draft.digest, by="A. Drafter")
    subject = subject_of(here, draft.deployment)
    officer = console.accounts[Role.AUTHORISING].name
    here.office.authorise(deployment, subject, draft=draft.digest, by=officer)
    here.office.start(deployment, DeploymentStarted("0.1.0", 1e-6, extrapolated=True))
    return deployment


def upload(
    client: httpx.Client, content: bytes, *, name: str = "d.toml", path: str = "/deployments/draft"
) -> httpx.Response:
    token = csrf_in(client.get("/deployments/draft").text)
    return client.post(path, data={"csrf": token}, files={"file": (name, content)})


def drafted(console: Console, **told: str) -> str:
    """Draft a deployment of its own, and give its path."""
    with console.as_role(Role.COMMANDER) as client:
        answer = upload(client, toml(console, **told))
        assert answer.status_code == 303, html.unescape(answer.text)
        return answer.headers["location"]


def words(answer: httpx.Response) -> str:
    """Give a page's text without its marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_from_a_draft_to_a_briefing(office: Console) -> None:
    path = drafted(office, name="whole way")
    with office.as_role(Role.COMMANDER) as client:
        shown = words(client.get(path))
        assert "whole way" in words(client.get("/deployments"))
        assert "Draft done By deployment commander" in shown
        assert "Submit next" in shown
        assert "Run later" in shown
        assert "Authorise it" not in shown
        assert client.get(f"{path}/file").content == stored(office, path)
        answer = send(client, f"{path}/submit", {}, of=path)
        assert answer.headers["location"] == path
        assert f"Submitted. {OFFICER} authorises it" in words(client.get(path))
    with office.as_role(Role.AUTHORISING) as client:
        check = words(client.get(f"{path}/check"))
        assert "0 fail" in check
        assert "holds, admitted in a trial" in check
        assert "source: " in check
        send(client, f"{path}/authorise", {}, of=path)
        assert "Authorised. Its list goes with it" in words(client.get(path))
    identifier = path.rpartition("/")[2]
    record = office.services.office.deployment(identifier)
    assert record.state is DeploymentState.AUTHORISED
    assert record.authorised
    assert record.authorised.officer == OFFICER
    digest = record.drafted.draft if record.drafted else ""
    with office.as_role(Role.COMMANDER) as client:
        form = {"signs": "both ends", "notice": "web site", "staff": "4", "camera": "gate"}
        refused = send(client, f"{path}/brief", form, of=path)
        assert refused.status_code == 409
        assert "no go of camera gate" in words(refused)
        office.services.office.check_camera(identifier, checked(office), draft=digest)
        send(client, f"{path}/brief", form, of=path)
        shown = words(client.get(path))
        assert "Briefed. It can run from" in shown
        assert f"overt run {digest}.toml --deployment {identifier}" in shown
    assert office.services.office.deployment(identifier).state is DeploymentState.BRIEFED


def stored(console: Console, path: str) -> bytes:
    record = console.services.office.deployment(path.rpartition("/")[2])
    assert record.drafted
    found = console.services.settings.deployments_dir / f"{record.drafted.draft}.toml"
    assert found.stat().st_mode & 0o777 == 0o600
    content = found.read_bytes()
    assert hashlib.sha256(content).hexdigest() == record.drafted.draft
    return content


def test_two_people(office: Console) -> None:
    """Who drafted it does not authorise it, whatever they were made since; nor another officer."""
    path = drafted(office, name="two people", officer="Deployment Commander Person")
    with office.as_role(Role.COMMANDER) as client:
        send(client, f"{path}/submit", {}, of=path)
    with office.as_role(Role.AUTHORISING) as client:
        answer = send(client, f"{path}/authorise", {}, of=path)
        assert answer.status_code == 403
        assert "whom its file names" in words(answer)
    promoted = replace(
        office.accounts[Role.COMMANDER], role=Role.AUTHORISING, rank=Rank.SUPERINTENDENT
    )
    with as_account(office, promoted) as client:
        assert "You drafted it: another person authorises it." in words(client.get(path))
        token = csrf_in(client.get("/profile/password").text)
        answer = client.post(f"{path}/authorise", data={"csrf": token})
        assert answer.status_code in {403, 409}
        assert "want somebody else than drafted it" in words(answer)


@contextmanager
def as_account(console: Console, account: Account) -> Generator[httpx.Client]:
    """Give a browser of somebody whose role is another for a while."""
    store, was = console.services.accounts.store, console.accounts[Role.COMMANDER]
    store.set_role(account.id, account.role, account.rank)
    try:
        with console.browser(console.services.sessions.begin(account.id)) as client:
            yield client
    finally:
        store.set_role(was.id, was.role, was.rank)


def test_a_rank_that_the_file_makes_up_is_refused(office: Console) -> None:
    path = drafted(office, name="made up rank", rank="Chief Officer")
    with office.as_role(Role.COMMANDER) as client:
        send(client, f"{path}/submit", {}, of=path)
    with office.as_role(Role.AUTHORISING) as client:
        answer = send(client, f"{path}/authorise", {}, of=path)
        assert answer.status_code == 403
        assert "somebody of rank Superintendent, want Chief Officer" in words(answer)


def test_rules_that_fail_are_told_and_refuse(office: Console) -> None:
    path = drafted(office, name="too late", end="2099-01-01T00:00:00Z")
    with office.as_role(Role.COMMANDER) as client:
        send(client, f"{path}/submit", {}, of=path)
        check = words(client.get(f"{path}/check"))
        assert "fails: refuse" in check
        assert "window-length" in check
    with office.as_role(Role.AUTHORISING) as client:
        answer = send(client, f"{path}/authorise", {}, of=path)
        assert answer.status_code == 403
        assert "window" in words(answer)


def test_a_list_that_is_not_here_is_told(office: Console) -> None:
    path = drafted(office, name="no list", watchlist="list-nowhere")
    with office.as_role(Role.COMMANDER) as client:
        for page in ("check", "watchlist"):
            answer = client.get(f"{path}/{page}")
            assert answer.status_code == 422
            assert "want a watchlist" in words(answer)


def test_the_list_is_shown_in_numbers_without_names_and_pictures(office: Console) -> None:
    path = drafted(office, name="numbers")
    with office.as_role(Role.AUTHORISING) as client:
        answer = client.get(f"{path}/watchlist")
    shown = words(answer)
    assert "to measure recognition) 6" in shown
    assert "R-4 R-5" in shown
    assert "same person?" in shown
    assert "Nobody" not in answer.text
    assert "<img" not in answer.text


def test_a_draft_is_withdrawn_or_drafted_anew(office: Console) -> None:
    path = drafted(office, name="first thought")
    with office.as_role(Role.COMMANDER) as client:
        twice = upload(client, stored(office, path))
        assert twice.status_code == 422
        assert "got the one that first thought was drafted by" in words(twice)
        send(client, f"{path}/submit", {}, of=path)
        changed = toml(office, name="second thought")
        assert upload(client, changed, path=f"{path}/draft").headers["location"] == path
        record = office.services.office.deployment(path.rpartition("/")[2])
        assert (record.state, record.name) == (DeploymentState.DRAFTED, "second thought")
        send(client, f"{path}/close", {}, of=path)
        assert "Nothing: the next step is for nobody" in words(client.get(path))


def test_an_urgent_authority_is_reviewed_by_another_officer(office: Console) -> None:
    """The rank comes from the account, not from the form."""
    deployment = running(office, urgent=True)
    path = f"/deployments/{deployment}"
    with office.as_role(Role.AUTHORISING) as client:
        shown = words(client.get(path))
        assert "another senior officer has still to review it" in shown
        for form, says in (
            ({"reason": "seen"}, "review: got no answer"),
            ({"upheld": "yes"}, "review: got no reason"),
        ):
            answer = send(client, f"{path}/review", form, of=path)
            assert answer.status_code == 422
            assert says in words(answer)
        send(client, f"{path}/review", {"upheld": "no", "reason": "no hurry"}, of=path)
        assert "Not upheld: the deployment has ended." in words(client.get(path))
    record = office.services.office.deployment(deployment)
    assert record.review
    assert record.review.rank == "Superintendent"
    assert record.state is DeploymentState.STOPPED


def zip_bomb() -> bytes:
    """Pack 100 MB of nothing into 100 KB."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("d.toml", b"\0" * 100_000_000)
    return packed.getvalue()


def wide_picture() -> bytes:
    """Draw 50,000 px of one colour, in a file of some kilobytes."""
    written = io.BytesIO()
    Image.new("1", (50_000, 1_000)).save(written, "PNG")
    return written.getvalue()


def small_zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a", b"a")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"x" * (MOST_BYTES + 1), "got more than 64 KiB"),
        (small_zip(), "got a ZIP archive"),
        (b"\x1f\x8b" + b"\0" * 40, "got a gzip archive"),
        (b"\x89PNG\r\n\x1a\n", "got a picture (PNG)"),
        (b"GIF89a", "got a picture (GIF)"),
        (b"# a line\n" + small_zip(), "what is no UTF-8"),  # a polyglot: TOML and ZIP
        (b"# a line\nPK\x05\x06" + b"\0" * 18, "got the character U+0005"),  # likewise, empty
        (b"#\x80", "what is no UTF-8"),
        (b"name = 'a\x00b'", "got the character U+0000"),
        ("name = 'a\u202eb'".encode(), "got the character U+202E"),
        (b"x = " + b"[" * 30_000, "nested too deeply"),
        (b"x = " + b"9" * 10_000, "a number that is too long"),
        (b"name = ", "want TOML"),
        (b"name = 'x'", "deployment file: place: got nothing"),
        (b"", "name: got nothing"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_a_file_that_is_none_is_refused(office: Console, content: bytes, says: str) -> None:
    before = len(office.services.office.deployments())
    with office.as_role(Role.COMMANDER) as client:
        answer = upload(client, content)
    assert answer.status_code == 422
    assert says in words(answer)
    assert len(office.services.office.deployments()) == before


@pytest.mark.parametrize(
    ("made", "says"),
    [(zip_bomb, "got more than 64 KiB"), (wide_picture, "got a picture (PNG)")],
)
def test_bombs_are_refused_unopened(office: Console, made: Callable[[], bytes], says: str) -> None:
    with office.as_role(Role.COMMANDER) as client:
        answer = upload(client, made())
    assert answer.status_code == 422
    assert says in words(answer)


def test_more_than_a_form_may_hold_is_refused(office: Console) -> None:
    with office.as_role(Role.COMMANDER) as client:
        token = csrf_in(client.get("/deployments/draft").text)
        answer = client.post(
            "/deployments/draft",
            headers={"X-CSRF-Token": token},
            files={"file": ("d.toml", b"#" * 2_000_000)},
        )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("name", "told", "says"),
    [
        ("../../d.toml", {}, "got the name"),
        ("..\\d.toml", {}, "got the name"),
        (".toml", {}, "got the name"),
        ("d.toml.exe", {}, "got the name"),
        ("d.png", {}, "got the name"),
        ("d.toml", {"watchlist": "../keys"}, "watchlist: got a path"),
        ("d.toml", {"watchlist": "/etc"}, "watchlist: got a path"),
        ("d.toml", {"watchlist": ".."}, "watchlist: got a path"),
        ("d.toml", {"watchlist": "a/../b"}, "watchlist: got a path"),
        ("d.toml", {"watchlist": "."}, "watchlist: got a path"),
    ],
)
def test_tricks_with_paths_are_refused(
    office: Console, name: str, told: dict[str, str], says: str
) -> None:
    with office.as_role(Role.COMMANDER) as client:
        answer = upload(client, toml(office, name="trick", **told), name=name)
    assert answer.status_code == 422
    assert says in words(answer)


@pytest.mark.parametrize(
    ("was", "made", "says"),
    [
        (b'"rtsp://camera.example/1"', b'"../../video.mp4"', "camera gate: got a path"),
        (b'"rtsp://camera.example/1"', b'"/dev/video0/../../etc/passwd"', "camera gate: got a pa"),
        (b'"default"', b'"/etc/passwd"', "bundle: got a path"),
        (b'"default"', b'"../../evil"', "bundle: got a path"),
    ],
)
def test_tricks_in_the_file_are_refused(
    office: Console, was: bytes, made: bytes, says: str
) -> None:
    with office.as_role(Role.COMMANDER) as client:
        answer = upload(client, toml(office).replace(was, made))
    assert answer.status_code == 422
    assert says in words(answer)


def test_a_file_that_was_altered_is_not_used(office: Console) -> None:
    path = drafted(office, name="altered")
    record = office.services.office.deployment(path.rpartition("/")[2])
    assert record.drafted
    file = office.services.settings.deployments_dir / f"{record.drafted.draft}.toml"
    file.write_bytes(file.read_bytes() + b"# more\n")
    with office.as_role(Role.COMMANDER) as client:
        shown = client.get(path)
        assert shown.status_code == 200
        assert "got one that was altered since it was drafted" in words(shown)
        token = csrf_in(shown.text)
        assert client.post(f"{path}/submit", data={"csrf": token}).status_code == 422


def test_afterwards(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Open outcomes, rules, retention and the close: what is due is deleted, then it is closed."""
    with console_in(tmp_path_factory.mktemp("after")) as console:
        deployment = running(console)
        first = to_engage(console, deployment)
        raise_alert(console, deployment)
        path = f"/deployments/{deployment}"
        record_now(console, deployment, DeploymentStopped("the window is over"))
        console.services.desk(deployment).start_engagement(first, by="F. Constable")
        with console.as_role(Role.COMMANDER) as client:
            shown = words(client.get(f"{path}/after"))
            assert "Not judged (1)" in shown
            assert "To be engaged, or under way (1)" in shown
            assert "list-destroyed" in shown
        console.clock.moved += timedelta(hours=25)
        with console.as_role(Role.AUDITOR) as client:
            shown = words(client.get("/retention"))
            assert "2 overdue" in shown
            assert "Delete it now" not in shown
        with console.as_role(Role.COMMANDER) as client:
            refused = send(client, f"{path}/close", {}, of=path)
            assert refused.status_code == 409
            assert "alert-data-kept" in words(refused) or "watchlist" in words(refused)
            assert "list-destroyed" in words(client.get(f"{path}/after"))
            shown = words(send(client, "/retention/run", {}, of="/retention"))
            assert shown.count("deleted") >= 2
            assert first in shown
            assert "Held (0)" in shown
            console.services.office.list_destroyed(deployment, watchlist="1" * 64)
            send(client, f"{path}/close", {}, of=path)
            assert "Closed." in words(client.get(path))
        assert console.services.office.deployment(deployment).state is DeploymentState.CLOSED


def record_now(console: Console, deployment: str, body: DeploymentStopped) -> None:
    here, now = console.services, console.clock.now()
    here.store.append([Event(here.new_id(now), deployment, now, body)])


def test_the_report_is_shown_under_a_policy_of_its_own(office: Console) -> None:
    deployment = running(office)
    with office.as_role(Role.AUTHORISING) as client:
        answer = client.get(f"/deployments/{deployment}/report")
    assert answer.status_code == 200
    assert "Live facial recognition at High Street" in answer.text
    policy = answer.headers["Content-Security-Policy"]
    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = hashlib.sha256(style.encode()).digest()
    assert b64encode(digest).decode() in policy
    assert "unsafe" not in policy
    assert "script" not in policy


def test_the_steps_lead_from_the_beginning_to_the_end_by_the_table() -> None:
    state = DeploymentState.NEW
    for action, *_ in MAIN:
        state = MOVES[state, action]
    assert state is DeploymentState.CLOSED
