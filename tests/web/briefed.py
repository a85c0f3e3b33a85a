"""A trial on a street, brought by the console's own services as far as its start."""

from __future__ import annotations

from datetime import timedelta

from consoles import Console
from street import Street, deployment_file, make_list
from web_deployments import checked

from overt.governance.rules import Subject
from overt.values.account import Role
from overt.wiring import Models, open_keys

__all__ = ["briefed", "drafted"]


def drafted(
    console: Console, street: Street, models: Models, source: str, *, starts_in: timedelta
) -> str:
    """Draft a trial on a source, with its list, and give its id."""
    here, now = console.services, console.clock.now().replace(microsecond=0)
    here.settings.deployments_dir.mkdir(mode=0o700, exist_ok=True)
    folder = here.settings.deployments_dir / "list"
    make_list(street, models, folder=folder, keys=open_keys(here.settings), now=now)
    path = here.settings.deployments_dir / "given.toml"
    file = deployment_file(path, source, now=now + starts_in, rank="Superintendent")
    text = file.read_text().replace("A. Officer", console.accounts[Role.AUTHORISING].name)
    given = f"given = {(now + starts_in).isoformat()}"
    assert given in text
    text = text.replace(given, f"given = {(now - timedelta(minutes=1)).isoformat()}")
    draft = here.drafts.take("street.toml", text.encode())
    return here.office.draft(name="street", draft=draft.digest, by="A. Drafter")


def briefed(
    console: Console,
    street: Street,
    models: Models,
    source: str,
    *,
    starts_in: timedelta = timedelta(seconds=-1),
) -> str:
    """Bring it to its briefing, and give its id."""
    here = console.services
    deployment = drafted(console, street, models, source, starts_in=starts_in)
    record = here.office.deployment(deployment)
    assert record.drafted
    draft = here.drafts.find(record.drafted.draft)
    here.office.submit(deployment, draft=draft.digest, by="A. Drafter")
    folder = here.settings.deployments_dir / "list"
    made = make_subject(console, draft.digest, models)
    officer = console.accounts[Role.AUTHORISING].name
    here.office.authorise(deployment, made, draft=draft.digest, by=officer)
    here.office.check_camera(deployment, checked(console, "a"), draft=draft.digest)
    here.office.brief(
        deployment, by="C", signs="both ends", notice="web site", staff=4, cameras=("a",)
    )
    assert folder.is_dir()
    return deployment


def make_subject(console: Console, digest: str, models: Models) -> Subject:
    from overt.web.checking import open_list  # noqa: PLC0415

    here = console.services
    deployment = here.drafts.find(digest).deployment
    return Subject(deployment, open_list(here, deployment).watchlist, models.opened.bundle)
