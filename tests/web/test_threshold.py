"""Another threshold from the console: what it means, what policy refuses, and who sees it."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import Chromium
from browsers import as_somebody, looked_at
from consoles import Console, console_in, send
from test_deployments import build_list, running_trial, words

from overt.values.account import Role

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def running(tmp_path: Path) -> Generator[tuple[Console, str]]:
    """Give a console where a trial runs, and its id."""
    with console_in(tmp_path) as console:
        build_list(console)
        yield console, running_trial(console)


def test_the_threshold_is_changed_where_policy_allows_it(running: tuple[Console, str]) -> None:
    console, deployment = running
    path, office = f"/deployments/{deployment}/threshold", console.services.office
    before = office.deployment(deployment).threshold
    assert before is not None
    higher = f"{before + 0.02:g}"
    with console.as_role(Role.AUTHORISING) as client, console.as_role(Role.OPERATOR) as other:
        shown = words(client.get(path))
        assert ") raises a false alert" in shown
        assert "at thresholds of 0.30 to 0.32" in shown  # what the brackets are, and are not
        form = {"before": f"{before:g}", "after": higher, "reason": "rain"}
        nobody = send(client, path, form | {"reason": " "}, of=path)
        assert nobody.status_code == 409
        assert "got no reason" in words(nobody)
        low = send(client, path, form | {"after": "0.05"}, of=path)
        assert low.status_code == 409
        assert "which predicts a false alert" in words(low)
        assert office.deployment(deployment).changes == ()
        assert send(client, path, form, of=path).status_code == 303
        again = send(client, path, form | {"after": f"{before + 0.03:g}"}, of=path)
        assert again.status_code == 409
        assert "in force by now" in words(again)
        (change,) = office.deployment(deployment).changes
        assert (f"{change.after:g}", change.reason) == (higher, "rain")
        assert change.predicted_after < change.predicted_before
        seen = words(other.get(f"/live/{deployment}"))
        assert f"Threshold {higher}" in seen
        assert "rain" in seen
        console.services.office.stop(deployment, by="C", reason="over")
        assert "None of them may be chosen now" in words(client.get(path))


def test_what_policy_refuses_is_shown_as_refused(
    chromium: Chromium, running: tuple[Console, str], tmp_path: Path
) -> None:
    console, deployment = running
    wrong: list[str] = []

    def look(page: Page, name: str) -> None:
        wrong.extend(looked_at(page, tmp_path / name))

    def act(page: Page) -> None:
        page.goto(f"/deployments/{deployment}")
        page.get_by_role("link", name="Another threshold").click()
        page.get_by_text("What each means with this list").wait_for()
        look(page, "threshold")
        page.locator(".threshold input").first.check()
        page.get_by_label("Why").fill("too many false alerts")
        page.get_by_role("button", name="Change the threshold").click()
        page.get_by_text("The threshold is").first.wait_for()

    as_somebody(chromium, console, Role.AUTHORISING, act)
    as_somebody(
        chromium,
        console,
        Role.OPERATOR,
        lambda page: (page.goto(f"/live/{deployment}"), look(page, "live"))[-1],
    )
    assert wrong == []
    assert len(console.services.office.deployment(deployment).changes) == 1
