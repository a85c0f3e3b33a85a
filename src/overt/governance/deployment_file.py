"""Reading a deployment's file (TOML). Nothing is guessed: it is complete or refused."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from overt.errors import DeploymentError
from overt.table import Table, open_table
from overt.values.deployment import (
    Camera,
    Deployment,
    Purpose,
    Rank,
    Recognition,
    Statement,
    Window,
    is_live,
)

__all__ = ["deployment_from", "read_deployment"]

SHA256: Final = "[0-9a-f]{64}"


def read_deployment(path: Path) -> Deployment:
    """Read and check a deployment's file. Paths in it count from the folder it lies in.

    Raises:
        DeploymentError: it cannot be read, or is not complete and consistent.
    """
    table = open_table(path, want="a deployment file", error=DeploymentError)
    return deployment_from(table, folder=path.parent)


def deployment_from(table: Table, *, folder: Path) -> Deployment:
    """Read and check a deployment; paths in it count from `folder`.

    Raises:
        DeploymentError: it is not complete and consistent.
    """
    deployment = Deployment(
        name=table.text("name"),
        place=table.text("place"),
        purpose=table.choice("purpose", Purpose),
        window=_window(table.table("window")),
        threshold=table.number("threshold", low=0, high=1),
        bundle=table.text("bundle"),
        watchlist=folder / table.text("watchlist"),
        cameras=tuple(_camera(camera, folder) for camera in table.tables("camera")),
        statement=_statement(table.table("authority")),
        recognition=_recognition(table.table("recognition")),
        comparison=table.text("comparison", pattern=SHA256, want="64 hexadecimal digits")
        if table.has("comparison")
        else "",
        trial=table.flag("trial") if table.has("trial") else False,
    )
    table.done()
    return deployment


def _window(table: Table) -> Window:
    window = Window(start=table.time("start"), end=table.time("end"))
    table.done()
    return window


def _statement(table: Table) -> Statement:
    statement = Statement(
        officer=table.text("officer"),
        rank=table.choice("rank", Rank),
        given=table.time("given"),
        reference=table.text("reference"),
        necessity=table.text("necessity"),
        proportionality=table.text("proportionality"),
        urgent=table.flag("urgent") if table.has("urgent") else False,
        change=table.text("change") if table.has("change") else "",
    )
    table.done()
    return statement


def _camera(table: Table, folder: Path) -> Camera:
    source = table.text("source")
    camera = Camera(
        name=table.text("name"),
        source=source if is_live(source) else str(folder / source),
        zone=table.points("zone", low=0, high=1) if table.has("zone") else (),
    )
    table.done()
    return camera


def _recognition(table: Table) -> Recognition:
    """Read the tuning; what is not said is as in `Recognition`, but for the policy value."""
    usual = Recognition(confirm_shots=1)

    def whole(key: str, otherwise: int) -> int:
        return table.integer(key, low=0, high=10_000) if table.has(key) else otherwise

    def number(key: str, otherwise: float) -> float:
        return table.number(key, low=0, high=10_000) if table.has(key) else otherwise

    recognition = Recognition(
        confirm_shots=table.integer("confirm_shots", low=1, high=16),
        min_face_px=whole("min_face_px", usual.min_face_px),
        min_eyes_px=number("min_eyes_px", usual.min_eyes_px),
        detect_interval_s=number("detect_interval_s", usual.detect_interval_s),
        best_shots=whole("best_shots", usual.best_shots),
        max_shots=whole("max_shots", usual.max_shots),
    )
    table.done()
    return recognition
