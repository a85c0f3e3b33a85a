"""The dashboard, rules, compose file, image and log rotation: what they name exists."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from typer.main import get_command

from overt.cli.app import app
from overt.engine.live_reader import LiveReader
from overt.engine.live_server import serving
from overt.engine.reported_view import ReportedView
from overt.settings import Settings
from overt.values.deployment import Camera
from overt.web.camera_metrics import CameraMetrics
from overt.web.metrics import Metrics

NAME = re.compile(r"\bovert_\w+\b")
SELECTOR = re.compile(r"\b(overt_\w+)\{([^}]*)\}")
LABELS = re.compile(r"\bby \(([\w, ]+)\)")
OF_PROMETHEUS = {"job", "instance", "le"}


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Give every series that the console tells, with its labels; a camera runs beside it."""
    folder = tmp_path_factory.mktemp("live")
    gate = ReportedView(Camera("gate", "rtsp://camera"))
    with serving(folder, "d-1", {"gate": gate}):
        return series_of(folder)


def series_of(live: Path) -> dict[str, set[str]]:
    metrics = Metrics()
    metrics.registry.register(CameraMetrics(LiveReader(live)))
    metrics.answered(route="/alerts", method="GET", status=200, took_s=0.1)
    metrics.posted(taken=True)
    metrics.asked(operation="read", scope="alerts", status=200)
    found: dict[str, set[str]] = {}
    for family in metrics.registry.collect():
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def dashboard(root: Path) -> dict[str, Any]:
    return json.loads((root / "deploy/grafana/overt.json").read_text())


def expressions(root: Path) -> list[str]:
    of_panels = [
        cast("str", target["expr"])
        for panel in dashboard(root)["panels"]
        for target in panel["targets"]
    ]
    rules = yaml.safe_load((root / "deploy/prometheus/overt-rules.yml").read_text())
    of_rules = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    return [*of_panels, *of_rules]


def unknown(expression: str, series: dict[str, set[str]]) -> list[str]:
    """List the metrics and labels of an expression that do not exist."""
    named = NAME.findall(expression)
    wrong = [name for name in named if name not in series]
    labels = {label for name in named for label in series.get(name, set())} | OF_PROMETHEUS
    for name, selector in SELECTOR.findall(expression):
        asked = re.findall(r"(\w+)(?:=|!=|=~|!~)\"", selector)
        wrong += [f"{name}.{label}" for label in asked if label not in labels]
    for group in LABELS.findall(expression):
        wrong += [label for label in group.split(", ") if label not in labels]
    return wrong


def test_every_metric_and_label_exists(root: Path, series: dict[str, set[str]]) -> None:
    asked = expressions(root)
    assert len(asked) >= 10
    assert {one: found for one in asked if (found := unknown(one, series))} == {}


def test_every_metric_is_shown(root: Path, series: dict[str, set[str]]) -> None:
    shown = {name for one in expressions(root) for name in NAME.findall(one)}
    told = {name for name in series if not name.endswith("_created")}
    assert told <= shown, "a metric without a panel or a rule"


@pytest.mark.parametrize(
    ("expression", "wrong"),
    [
        ("rate(overt_web_request_total[5m])", ["overt_web_request_total"]),
        ('rate(overt_web_requests_total{code="5"}[5m])', ["overt_web_requests_total.code"]),
        ("sum by (path) (overt_web_requests_total)", ["path"]),
    ],
)
def test_one_that_does_not_exist_is_found(
    expression: str, wrong: list[str], series: dict[str, set[str]]
) -> None:
    assert unknown(expression, series) == wrong


def test_the_dashboard_is_one(root: Path) -> None:
    panels = dashboard(root)["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        assert panel["title"]
        assert panel["description"]
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24


def compose(root: Path) -> dict[str, Any]:
    return yaml.safe_load((root / "deploy/compose/compose.yaml").read_text())


def test_what_compose_sets_and_calls_exists(root: Path) -> None:
    parsed = compose(root)
    known = {f"OVERT_{name.upper()}" for name in Settings.model_fields}
    commands = cast("dict[str, object]", getattr(get_command(app), "commands", {}))
    for name, service in parsed["services"].items():
        named = {key for key in service.get("environment", {}) if key.startswith("OVERT_")}
        assert named <= known, name
        text = " ".join(service.get("command", []))
        called = set(re.findall(r"\bovert ([a-z]+)", text))
        if "entrypoint" not in service and service["image"] != "postgres:17":
            called |= set(service.get("command", [])[:1])
        assert called <= commands.keys(), name
        wanted = set(service.get("secrets", []))
        assert wanted <= parsed["secrets"].keys(), name
        volumes = {each.partition(":")[0] for each in service.get("volumes", [])}
        assert volumes <= parsed["volumes"].keys(), name
    assert {"record", "console", "retention", "backup"} <= parsed["services"].keys()


def test_no_registry_is_named_and_nothing_is_root(root: Path) -> None:
    parsed = compose(root)
    for service in parsed["services"].values():
        assert "/" not in service["image"]
    dockerfile = (root / "deploy/Dockerfile").read_text()
    (base,) = re.findall(r"^FROM (\S+)$", dockerfile, flags=re.MULTILINE)
    assert "/" not in base
    assert re.search(r"^USER overt$", dockerfile, flags=re.MULTILINE)
    for copied in re.findall(r"^COPY (.+) \S+$", dockerfile, flags=re.MULTILINE):
        for name in copied.split():
            assert (root / name).exists(), name


def test_logs_turn_over(root: Path, tmp_path: Path) -> None:
    path = root / "deploy/logrotate/overt"
    text = path.read_text()
    assert "copytruncate" in text, "overt keeps its file open"
    program = shutil.which("logrotate")
    if program is None:
        return
    state = tmp_path / "state"
    done = subprocess.run(  # noqa: S603 - fixed words and files of the repository
        [program, "--debug", "--state", state, path], capture_output=True, check=False
    )
    assert b"error" not in done.stderr
