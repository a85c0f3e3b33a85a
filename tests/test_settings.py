"""Settings come from the environment, then from a file; what is wrong is named."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from overt.errors import SettingsError
from overt.settings import CONFIG_FILE, Settings, read_settings, snapshot


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]: used by pytest
    for name in [name for name in os.environ if name.upper().startswith("OVERT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def configured(text: str) -> None:
    Path(CONFIG_FILE).write_text(text, encoding="utf-8")


def test_nothing_set_is_enough() -> None:
    settings = read_settings()
    assert settings.providers == ("CPUExecutionProvider",)
    assert settings.decode_threads == 1
    assert settings.data_dir.is_absolute()
    assert settings.cache_dir.is_absolute()


def test_a_file_is_read() -> None:
    configured('data_dir = "/srv/overt"\nproviders = ["A", "B"]\ndecode_threads = 2\n')
    settings = read_settings()
    assert settings.data_dir == Path("/srv/overt")
    assert settings.providers == ("A", "B")
    assert settings.decode_threads == 2
    for below in (settings.bundles_dir, settings.keys_dir, settings.evidence_dir):
        assert below.parent == settings.data_dir
    assert settings.record_address == Path("/srv/overt/events.sqlite")


def test_the_environment_counts_more_than_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    configured('data_dir = "/srv/overt"\ndecode_threads = 2\n')
    monkeypatch.setenv("OVERT_DATA_DIR", "/elsewhere")
    monkeypatch.setenv("OVERT_PROVIDERS", '["A"]')
    settings = read_settings()
    assert settings.data_dir == Path("/elsewhere")
    assert settings.providers == ("A",)
    assert settings.decode_threads == 2


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder would be the one where overt runs."""
    usual = read_settings().data_dir
    monkeypatch.setenv("OVERT_DATA_DIR", "")
    assert read_settings().data_dir == usual


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("data_folder = '/x'", "data_folder: got '/x'"),
        ("decode_threads = 0", "decode_threads: got 0"),
        ("decode_threads = 17", "decode_threads: got 17"),
        ("decode_threads = 'two'", "decode_threads: got 'two'"),
        ("providers = []", "providers: got"),
        ("providers = 'CPU'", "providers: got 'CPU'"),
        ("data_dir = 3", "data_dir: got 3"),
        ("data_dir = ", "overt.toml: got"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(text: str, said: str) -> None:
    configured(text)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert said in str(refused.value)
    assert "settings.md" in refused.value.hint


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OVERT_DECODE_THREADS", "0"),
        ("OVERT_DECODE_THREADS", "many"),
        ("OVERT_PROVIDERS", "CPUExecutionProvider"),
        ("OVERT_PROVIDERS", "[]"),
        ("OVERT_DATA_FOLDER", "/x"),
        ("overt_threshold", "0.1"),
    ],
)
def test_what_is_wrong_in_the_environment_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert name.upper().removeprefix("OVERT_") in str(refused.value).upper()


def test_a_file_that_is_no_text_is_named() -> None:
    Path(CONFIG_FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match=r"overt\.toml: got"):
        read_settings()


def test_settings_are_frozen() -> None:
    settings = read_settings()
    with pytest.raises(ValidationError):
        settings.decode_threads = 3


def test_a_policy_is_named_and_never_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().policy == "reference"
    configured('policy = "strict"\n')
    assert read_settings().policy == "strict"
    configured('policy = ""\n')
    with pytest.raises(SettingsError, match="policy: got ''"):
        read_settings()
    monkeypatch.setenv("OVERT_POLICY", "fixed-site")
    assert read_settings().policy == "fixed-site"


def test_the_snapshot_holds_every_setting_and_no_login() -> None:
    configured('providers = ["https://u:pa/ss@h/x", "CPU"]\n')
    text = snapshot(read_settings())
    written = json.loads(text)
    assert list(written) == sorted(Settings.model_fields)
    assert written["providers"] == ["https://h/x", "CPU"]
    assert snapshot(read_settings()) == text


def test_the_snapshot_names_the_master_command_without_its_arguments() -> None:
    configured('master_command = ["/usr/local/bin/kms-wrap", "--pin", "1234"]\n')
    settings = read_settings()
    assert settings.master_command == ("/usr/local/bin/kms-wrap", "--pin", "1234")
    assert json.loads(snapshot(settings))["master_command"] == ["kms-wrap"]
    configured('master_command = [["--pin", "1234"]]\n')
    with pytest.raises(SettingsError, match=r"master_command\.0: got what is not shown") as told:
        read_settings()
    assert "1234" not in str(told.value)
