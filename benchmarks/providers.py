"""How fast a bundle's networks run on each provider of this machine, and how alike they answer.

    python -m benchmarks.providers [--providers NAME ...] [--write]

Each provider computes in float32 (see overt.inference.session.ALL_DIGITS), one thread on the
processor. Providers take turns, picture by picture; a time is the median. With the ONNX Runtime
package of an accelerator installed its provider is measured too. `--fewer-digits` also lets it
save digits as it does where nobody tells it not to, to see what that moves, and runs the networks
in float16 (`overt models quantise --precision float16`). How far a provider's answers are apart is
told from the processor's with the same network, the processor's in float16 from those in float32.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import onnxruntime
from rich.table import Table

from benchmarks.machine import describe
from benchmarks.printing import output_console
from overt.arrays import F32
from overt.inference import session as sessions
from overt.inference.agreement import apart, made_picture
from overt.inference.fewer_digits import to_float16
from overt.inference.manifest import read_manifest
from overt.inference.opened import find_manifest
from overt.inference.session import CPU, Session, available_providers
from overt.inference.store import ModelStore
from overt.settings import read_settings

RESULTS: Final = Path(__file__).resolve().parent / "results"
NOT_HERE: Final = {"AzureExecutionProvider"}  # it asks another machine
HEIGHT, WIDTH = 544, 960  # the detector's input for 1080p and faces of 40 px
BATCHES: Final = (1, 5, 32)  # faces
TIMES: Final = 15


@dataclass(frozen=True, slots=True)
class Row:
    """One network on one provider."""

    network: str
    inputs: tuple[int, ...]
    provider: str
    digits: str
    ms: float
    faster: float  # times, than the reference
    apart: float  # from the processor's answers


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    there = [name for name in available_providers() if name not in NOT_HERE]
    parser.add_argument("--providers", nargs="+", default=there)
    parser.add_argument("--fewer-digits", action="store_true", help="also as providers like it")
    parser.add_argument("--write", action="store_true", help="write JSON to benchmarks/results")
    given = parser.parse_args(arguments)
    others = [name for name in given.providers if name != CPU]
    rows = list(measured(others, fewer=given.fewer_digits))
    table = Table("network", "input", "provider", "digits", "ms", "times as fast", "apart")
    for row in rows:
        size = " x ".join(map(str, row.inputs))
        faster, far = f"{row.faster:.1f}", f"{row.apart:.1e}"
        table.add_row(row.network, size, row.provider, row.digits, f"{row.ms:.2f}", faster, far)
    output_console().print(table)
    if given.write:
        machine = describe()
        path = RESULTS / f"{datetime.now(UTC).date()}-{machine.slug}-providers.json"
        report = {
            "machine": asdict(machine),
            "runtime": onnxruntime.__version__,
            "rows": [asdict(row) for row in rows],
        }
        path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        print(f"written to {path}")


def measured(others: Sequence[str], *, fewer: bool) -> Iterator[Row]:
    """Measure each network on the reference and on each other provider."""
    for network, short, picture in _inputs(fewer=fewer):
        running = {(CPU, "float32"): _session(network, CPU)}
        for name in others:
            running[name, "float32"] = _session(network, name)
            if fewer:
                kept, sessions.ALL_DIGITS = sessions.ALL_DIGITS, {}
                running[name, "as it likes"] = _session(network, name)
                sessions.ALL_DIGITS = kept
        if fewer:
            for name in (CPU, *others):
                running[name, "float16"] = _session(short, name)
        feeds = {running[CPU, "float32"].inputs[0].name: picture}
        answers = {which: session.run(feeds) for which, session in running.items()}
        times: dict[tuple[str, str], list[float]] = {which: [] for which in running}
        for _ in range(TIMES):
            for which, session in running.items():
                start = time.perf_counter()
                session.run(feeds)
                times[which].append((time.perf_counter() - start) * 1000)
        reference = statistics.median(times[CPU, "float32"])
        for which in running:
            took = statistics.median(times[which])
            beside = "float16" if which[0] != CPU and which[1] == "float16" else "float32"
            far = apart(answers[which], answers[CPU, beside])
            name = network.stem.partition("-")[0]
            yield Row(name, picture.shape, *which, took, reference / took, far)


def _inputs(*, fewer: bool) -> Iterator[tuple[Path, Path, F32]]:
    """Give each network of the default bundle, the same in float16, and pictures for it."""
    settings = read_settings()
    bundle = read_manifest(find_manifest("default", folder=settings.bundles_dir))
    store = ModelStore(settings.cache_dir / "models")
    detector, recogniser = (store.fetch(each.file) for each in (bundle.detector, bundle.recogniser))
    side = bundle.recogniser.input_size
    chip = made_picture(side, side, bundle.recogniser.normalisation)
    with TemporaryDirectory(prefix="overt-float16-") as folder:
        shorts = [Path(folder) / f"{each.stem}.onnx" for each in (detector, recogniser)]
        for whole, short in zip((detector, recogniser), shorts, strict=True) if fewer else ():
            short.write_bytes(to_float16(whole))
        yield detector, shorts[0], made_picture(HEIGHT, WIDTH, bundle.detector.normalisation)
        for batch in BATCHES:
            yield recogniser, shorts[1], chip.repeat(batch, axis=0)


def _session(network: Path, provider: str) -> Session:
    return Session(network, providers=(provider,) if provider == CPU else (provider, CPU))


if __name__ == "__main__":
    main()
