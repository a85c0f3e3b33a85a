"""Reports of periods within each other are published by one limit for small numbers."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC
from pathlib import Path

import pytest
from machines import settings_in
from simulated_records import simulated

from overt.clock import SystemClock
from overt.errors import ReportError
from overt.operations.publishing import Publisher
from overt.report.site.published import withheld_below
from overt.values.events import DeploymentAuthorised
from overt.wiring import make_log, open_keys, open_records


def test_a_year_and_a_deployment_withhold_at_least_what_a_month_does(tmp_path: Path) -> None:
    settings, events = settings_in(tmp_path), simulated()
    deployment, start = next(
        (e.deployment, e.body.start) for e in events if isinstance(e.body, DeploymentAuthorised)
    )
    month = start.astimezone(UTC).strftime("%Y-%m")
    with closing(open_records(settings)) as store:
        store.append(list(events))
        open_keys(settings)
        make_log(settings, store=store).begin("police.example/lfr")

        def publisher(below: int) -> Publisher:
            return Publisher(
                settings,
                store=store,
                clock=SystemClock(),
                folder=tmp_path / "site",
                base="https://police.example/",
                suppress_below=below,
            )

        strict, usual = publisher(9), publisher(5)
        pinned = strict.pin()
        for before in (usual.foresee_period(month[:4], pinned), usual.foresee(deployment, pinned)):
            assert before.report.options.suppress_below == 5
        seen = strict.foresee_period(month, pinned).sha256
        strict.publish_period(month, pinned, seen=seen, by="A. Commander", as_it_is=True)
        assert usual.foresee_period(month[:4], pinned).report.options.suppress_below == 9
        assert usual.foresee(deployment, pinned).report.options.suppress_below == 9
    assert withheld_below(tmp_path / "site", ["periods/none"]) == 0
    (tmp_path / f"site/periods/{month}/report.json").write_text("{}")
    with pytest.raises(ReportError, match="want reports that can be read"):
        withheld_below(tmp_path / "site", [f"periods/{month}"])
