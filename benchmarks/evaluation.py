"""How fast error rates are counted, and whether other tools count the same.

    python -m benchmarks.evaluation [--scores 10000000] [--comparisons 1000000000] [--rounds 5]

Beside overt's rates stand those of scikit-learn and, where it is installed, of pyeer (last release
in 2023; it is no dependency), of the same scores, in turn for so many rounds. Times are of the
processor, so that other work on the machine tells less. Then templates of nobody are compared as
often as asked for, in bounded memory.
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.machine import describe
from benchmarks.printing import output_console
from benchmarks.trial import unit_vectors
from overt.arrays import F64
from overt.evaluation.comparing import ComparedList, blocks
from overt.evaluation.error_rates import equal_error_rate, error_curve
from overt.evaluation.sketch import ScoreSketch
from overt.match.comparing import Comparer
from overt.values.metric import Metric

RESULTS: Final = Path(__file__).resolve().parent / "results"
DIMENSIONS: Final = 128
LISTED: Final = 10_000
metrics: Any = importlib.import_module("sklearn.metrics")  # has no types


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Do something, and give the seconds of the processor that it took."""
    started = time.process_time()
    made = work()
    return made, time.process_time() - started


def of_scores(count: int) -> dict[str, float]:
    """Count the error rates of so many scores with each tool."""
    random = np.random.default_rng(1)
    different: F64 = random.normal(0, 1, count // 2)
    same: F64 = random.normal(3, 1, count - count // 2)
    curve, ours_s = timed(lambda: error_curve(different, same))
    report = {"scores": float(count), "ours_s": ours_s, "ours_eer": equal_error_rate(curve)}

    def theirs() -> Any:
        truth = np.concatenate([np.zeros(len(different)), np.ones(len(same))])
        return metrics.det_curve(truth, np.concatenate([different, same]))

    (false, missed, at), report["scikit_learn_s"] = timed(theirs)
    rows = np.linspace(0, len(at) - 1, 1000).astype(int)
    held = error_curve(different, same, thresholds=np.asarray(at, np.float64)[rows])
    apart = np.abs(held.false_positives - false[rows]), np.abs(held.false_negatives - missed[rows])
    report["scikit_learn_apart"] = float(max(each.max() for each in apart))
    try:
        pyeer: Any = importlib.import_module("pyeer.eer_info")
    except ImportError:
        return report
    stats, report["pyeer_s"] = timed(lambda: pyeer.get_eer_stats(same, different))
    report["pyeer_eer"] = float(stats.eer)
    return report


def of_rounds(rounds: Sequence[dict[str, float]]) -> dict[str, dict[str, float]]:
    """Give the median, the least and the most of how many times as long another tool takes."""
    found: dict[str, dict[str, float]] = {}
    for tool in ("scikit_learn", "pyeer"):
        ratios = [each[f"{tool}_s"] / each["ours_s"] for each in rounds if f"{tool}_s" in each]
        if ratios:
            low, high = min(ratios), max(ratios)
            found[tool] = {"median": float(np.median(ratios)), "least": low, "most": high}
    return found


def of_comparisons(count: int) -> dict[str, float]:
    """Compare templates of nobody so many times, and hold the sketch to a whole sort of a part."""
    listed = ComparedList(
        unit_vectors(LISTED, DIMENSIONS, seed=1), comparer=Comparer(Metric.COSINE)
    )
    probes = unit_vectors(count // LISTED, DIMENSIONS, seed=2)
    sketch = ScoreSketch()

    def stream() -> None:
        for _, found in blocks(probes, listed):
            sketch.add(found)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    _, took_s = timed(stream)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    at = sketch.score_at(1e-3)
    return {
        "comparisons": float(sketch.count),
        "seconds": took_s,
        "memory_more_mb": (after - before) / 1024,
        "tolerance_at_1e-3": sketch.at_or_above(at).tolerance / sketch.count,
        "tolerance_at_1e-6": float(sketch.at_or_above(sketch.score_at(1e-6)).tolerance),
    }


def main() -> None:
    """Measure, print, write JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scores", type=int, default=10_000_000)
    parser.add_argument("--comparisons", type=int, default=1_000_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    output, machine = output_console(), describe()
    compared = of_comparisons(given.comparisons)  # first: its memory is told from here on
    rounds = [of_scores(given.scores) for _ in range(given.rounds)]
    report = {
        "machine": asdict(machine),
        "comparisons": compared,
        "scores": rounds,
        "times as long": of_rounds(rounds),
    }
    output.print_json(json.dumps(report))
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{datetime.now(UTC).date()}-{machine.slug}-evaluation.json"
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    output.print(f"written to {path}", soft_wrap=True)


if __name__ == "__main__":
    main()
