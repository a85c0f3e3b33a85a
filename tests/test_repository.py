"""What the repository may hold, and that its lists tell the truth."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from overt import errors

# Joined here, so that this file does not name what it looks for.
HOSTS = [
    ".".join(labels)
    for labels in (
        ("pypi", "org"),
        ("".join(("python", "hosted")), "org"),
        ("registry", "npmjs"),
        ("deb", "debian", "org"),
        ("archive", "ubuntu"),
        ("conda", "anaconda"),
    )
]
MACHINE_PATHS = [
    "/" + "/".join(parts)
    for parts in (("work", ""), ("root", ""), ("opt", "pypi"), ("opt", "wheels"))
]
WEIGHTS = {".onnx", ".dat", ".bz2", ".pt", ".pth", ".h5", ".npy", ".npz"}
PHOTOGRAPHS = {".jpg", ".jpeg", ".heic", ".webp", ".tif", ".tiff", ".bmp", ".mp4", ".mkv", ".mov"}
DRAWN = {".png", ".svg", ".gif"}  # what overt drew: docs/, benchmarks/, the console's
# The mixture of the default bundle's cohort: averages and spreads over hundreds of faces.
OWN_FIGURES = "src/overt/bundles/default-cohort.npz"
LARGEST_BYTES = 512 * 1024
PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE " + rb"KEY-----")


@pytest.fixture(scope="module")
def files(root: Path) -> list[Path]:
    """List what git holds and what it would take in: tracked, or neither tracked nor ignored."""
    git = shutil.which("git")
    if git is None or not (root / ".git").exists():
        pytest.skip("not a git checkout: an unpacked archive was checked before it was made")
    listed = subprocess.run(  # noqa: S603 - fixed arguments
        [git, "-c", "safe.directory=*", "ls-files", "-z", "-c", "-o", "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
    ).stdout.decode()
    paths = [root / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file()]  # git still lists what was just deleted


def naming(files: list[Path], words: list[str]) -> list[str]:
    contents = {path: path.read_bytes() for path in files}
    return [
        f"{path}: {word}" for path in files for word in words if word.encode() in contents[path]
    ]


def test_no_registry_is_named(files: list[Path]) -> None:
    assert naming(files, HOSTS) == []


def test_no_path_of_a_machine_is_named(files: list[Path]) -> None:
    assert naming(files, MACHINE_PATHS) == []


def test_a_named_word_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"see https://{HOSTS[0]}/overt")
    assert naming([page], HOSTS) == [f"{page}: {HOSTS[0]}"]


def test_no_weights_and_no_photographs(files: list[Path], root: Path) -> None:
    found = [
        path.relative_to(root) for path in files if path.suffix.lower() in WEIGHTS | PHOTOGRAPHS
    ]
    assert list(map(str, found)) == [OWN_FIGURES]
    drawn = [path.relative_to(root) for path in files if path.suffix.lower() in DRAWN]
    places = ("docs/", "benchmarks/", "src/overt/web/static/")
    assert [path for path in drawn if not str(path).startswith(places)] == []


def test_no_large_file(files: list[Path]) -> None:
    sizes = {str(path): path.stat().st_size for path in files}
    assert {path: size for path, size in sizes.items() if size > LARGEST_BYTES} == {}


def test_no_two_tests_share_a_name(root: Path) -> None:
    """The second of two modules of one name would not be collected."""
    names = sorted(each.name for each in (root / "tests").rglob("*.py"))
    assert [name for name in set(names) if names.count(name) > 1] in ([], ["conftest.py"])


def test_no_private_key(files: list[Path]) -> None:
    assert [path for path in files if PRIVATE_KEY.search(path.read_bytes())] == []


@pytest.mark.parametrize("name", ["run.txt", "dev.txt", "serve.txt"])
def test_every_requirement_is_pinned_and_hashed(root: Path, name: str) -> None:
    text = (root / "requirements" / name).read_text()
    logical = text.replace("\\\n", " ").splitlines()
    lines = [line for line in logical if line.strip() and not line.lstrip().startswith("#")]
    assert lines, "got an empty file"
    pinned = re.compile(r"[a-z0-9][a-z0-9-]*==\S+( ;[^#]*?)?( +--hash=sha256:[0-9a-f]{64})+\s*")
    assert [line for line in lines if not pinned.fullmatch(line)] == []


def pins(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", path.read_text(), flags=re.MULTILINE))


def test_what_runs_is_what_was_tested(root: Path) -> None:
    run, dev = (pins(root / "requirements" / name) for name in ("run.txt", "dev.txt"))
    assert run.items() <= dev.items()


def test_every_dependency_is_pinned(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    named = [re.split(r"[^a-z0-9-]", wanted)[0] for wanted in project["dependencies"]]
    tried = [re.split(r"[^a-z0-9-]", want)[0] for want in extras["demo"] + extras["bench"]]
    assert set(named) <= pins(root / "requirements" / "run.txt").keys()
    assert {*named, *tried} <= pins(root / "requirements" / "dev.txt").keys()


def drawn_parents(drawing: str) -> dict[str, str | None]:
    """Read the tree of errors as drawn: each name and the name that it hangs from."""
    above: list[str] = []
    parents: dict[str, str | None] = {}
    for branch, name in re.findall(r"^([│├└─ ]*)(\w+Error)\b", drawing, flags=re.MULTILINE):
        depth = len(branch) // 4
        del above[depth:]
        parents[name] = above[-1] if above else None
        above.append(name)
    return parents


def test_errors_are_drawn_as_they_are() -> None:
    classes = {name: getattr(errors, name) for name in errors.__all__}
    base = {name: cls.__base__.__name__ for name, cls in classes.items()}
    base["OvertError"] = None
    assert errors.__doc__ is not None
    assert drawn_parents(errors.__doc__) == base


def test_every_error_is_listed() -> None:
    defined = {
        name
        for name, thing in vars(errors).items()
        if isinstance(thing, type) and issubclass(thing, Exception)
    }
    assert defined == set(errors.__all__)
    assert sorted(errors.__all__) == errors.__all__
