"""What a measurement was made on: the processor and the versions, and no name of the machine."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

__all__ = ["Machine", "describe", "peak_mb", "resident_mb"]

CPU_INFO: Final = Path("/proc/cpuinfo")
FLAGS: Final = re.compile(r"sse4_[12]|avx\w*|fma|f16c|amx\w*|asimd\w*|sve\w*")  # for arithmetic
PACKAGES: Final = (
    "av", "dlib-bin", "face-recognition", "numpy", "onnx", "onnxruntime", "opencv-python-headless",
    "overt", "scipy",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine, as far as it matters to speed."""

    cpu: str
    cores: int  # that the measurement could have used; each contender used one
    flags: tuple[str, ...]  # of the processor, those for arithmetic
    memory_gb: float
    system: str
    python: str
    versions: dict[str, str]

    @property
    def slug(self) -> str:
        """The processor's name for use in a file's name."""
        words = re.sub(r"\(\w+\)|\bcpu\b|@.*", " ", self.cpu.lower())
        return re.sub(r"[^a-z0-9]+", "-", words).strip("-") or "unknown"


def describe() -> Machine:
    """Describe this machine (Linux)."""
    info = dict(
        re.findall(r"^([^\t:]+)\t*: ?(.*)$", CPU_INFO.read_text(encoding="utf-8"), re.MULTILINE)
    )
    flags = (info.get("flags") or info.get("Features") or "").split()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Machine(
        cpu=" ".join(info.get("model name", platform.machine()).split()),
        cores=os.cpu_count() or 1,
        flags=tuple(sorted(flag for flag in flags if FLAGS.fullmatch(flag))),
        memory_gb=round(memory / 1e9, 1),
        system=f"{platform.system()} {platform.release().split('-')[0]} {platform.machine()}",
        python=platform.python_version(),
        versions={name: found for name in PACKAGES if (found := _version(name))},
    )


def peak_mb() -> float:
    """Give the most memory that this process has held so far, MB (VmHWM)."""
    return _status("self", "VmHWM")


def resident_mb(process: int | None = None) -> float:
    """Give the memory that a process holds now, MB (VmRSS); None: this one.

    Raises:
        OSError, RuntimeError: it has ended.
    """
    return _status("self" if process is None else str(process), "VmRSS")


def _status(process: str, name: str) -> float:
    status = Path("/proc") / process / "status"
    found = re.search(rf"^{name}:\s+(\d+) kB$", status.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise RuntimeError(f"{status}: got no {name}, want a Linux that tells it, and no end")
    return int(found[1]) * 1024 / 1e6


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
