"""Consoles that run while tests ask them."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from consoles import Console, console_in


@pytest.fixture(scope="session", autouse=True)
def _no_settings() -> Generator[None]:  # pyright: ignore[reportUnusedFunction]: used by pytest
    """Keep this machine's own settings out."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.upper().startswith("OVERT_")]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def console(tmp_path_factory: pytest.TempPathFactory) -> Generator[Console]:
    """Give a console with an account for each role, shared: no test changes them."""
    with console_in(tmp_path_factory.mktemp("console")) as running:
        yield running


@pytest.fixture
def own_console(tmp_path: Path) -> Generator[Console]:
    """Give a console with an account for each role, for one test."""
    with console_in(tmp_path) as running:
        yield running


@pytest.fixture
def empty_console(tmp_path: Path) -> Generator[Console]:
    """Give a console without an account."""
    with console_in(tmp_path, accounts=False) as running:
        yield running
