"""Fixtures for every test, and what a failing run needs to be run again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from PIL import Image

from overt.arrays import Rgb
from overt.colour import Colour
from overt.inference.opened import OpenedBundle, open_bundle
from overt.values.frame import Frame

ROOT = Path(__file__).resolve().parent.parent
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)

# A busy machine is slow, not wrong; under CI the default is also the same examples every time.
settings.register_profile("overt", parent=settings.default, deadline=None)
settings.load_profile("overt")


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
    return tmp_path_factory.mktemp("models")


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
