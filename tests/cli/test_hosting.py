"""A trial inside the console's process: begun again where it fails, ended when it is asked to."""

from __future__ import annotations

from pathlib import Path

import pytest
from street import Street

from overt.cli import hosting
from overt.cli.hosting import TrialHost
from overt.errors import SourceError
from overt.settings import Settings
from overt.values.deployment import Camera


def host_of(inputs: object, tmp_path: Path, model_cache: Path, said: list[str]) -> TrialHost:
    return TrialHost(
        inputs,  # pyright: ignore[reportArgumentType]: what a test makes
        settings=Settings(cache_dir=model_cache.parent),
        out=tmp_path,
        say=said.append,
    )


def test_a_trial_that_fails_is_begun_again_and_not_for_ever(
    tmp_path: Path, model_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosting, "WAIT_S", 0.01)
    said: list[str] = []
    errors: list[Exception] = [SourceError("no street"), ValueError("a secret"), OSError("no")]

    def inputs(_: object) -> tuple[Camera, Path]:
        raise errors.pop(0)

    host = host_of(inputs, tmp_path, model_cache, said)
    host.start()
    vars(host)["_thread"].join()
    assert errors == []
    failed = [line for line in said if "failed" in line]
    assert "no street" in failed[0]
    assert "ValueError" in failed[1]
    assert not any("secret" in line for line in said)
    assert said[-1] == "The trial failed too often, and is not begun again."
    host.stop()


def test_a_trial_that_is_ended_before_it_runs_leaves_no_list(
    tmp_path: Path, model_cache: Path, street: Street
) -> None:
    said: list[str] = []
    held: list[TrialHost] = []

    def inputs(_: object) -> tuple[Camera, Path]:
        vars(held[0])["_ended"].set()  # Ctrl-C comes while the street is made
        return Camera("street", str(street.clip)), street.listed

    held.append(host_of(inputs, tmp_path, model_cache, said))
    held[0].start()
    held[0].stop()
    assert said == ["Making the street of the trial."]
    assert not (tmp_path / "data").exists()
