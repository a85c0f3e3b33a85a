"""A disk of a few kilobytes, to be filled."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, *, kilobytes: int) -> Generator[None]:
    """Mount a file system in memory on a new folder; skip where that is not allowed."""
    folder.mkdir(mode=0o700)
    mounted = subprocess.run(  # noqa: S603 - fixed words and a folder of the test's own
        ["/usr/bin/env", "mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,mode=0700", "t", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        why = "root" if os.geteuid() else f"the right to mount: {mounted.stderr.strip()}"
        pytest.skip(f"a small file system needs {why}")
    try:
        yield
    finally:
        subprocess.run(["/usr/bin/env", "umount", folder], check=True)  # noqa: S603
