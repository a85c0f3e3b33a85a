"""Run for hours while things go wrong; print what was promised and what was got.

    python -m benchmarks.soak [--minutes 120] [--between 100] [--write]
    python -m benchmarks.soak --each [--write]    every fault once in turn: the table of faults

A live camera sends the demo's street again and again to `overt try` in a process of its own, which
is begun again where it ends, as a service is. Exit code 1 where a promise is not kept. As root the
data folder lies on a small disk of its own, which can be filled; otherwise that fault does nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from benchmarks.machine import describe
from benchmarks.printing import output_console
from benchmarks.promises import all_kept, table_of
from benchmarks.soak.run import Plan, run
from benchmarks.soak.verdict import Verdict, judge

RESULTS: Final = Path(__file__).resolve().parents[1] / "results"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=120.0)
    parser.add_argument("--between", type=float, default=100.0, help="seconds from fault to fault")
    parser.add_argument("--each", action="store_true", help="every fault once in turn")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="write JSON to benchmarks/results")
    parser.add_argument("--keep", type=Path, help="folder to work in, which is left as it is")
    given = parser.parse_args(arguments)
    said = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="overt-soak-") as folder:
        plan = Plan(
            folder=given.keep or Path(folder),
            seconds=given.minutes * 60,
            between_s=given.between,
            each=given.each,
            seed=given.seed,
        )
        plan.folder.mkdir(parents=True, exist_ok=True)
        verdict = judge(run(plan, say=said.print))
    _print(verdict)
    kept = all_kept(verdict.lines)
    if given.write:
        print(f"written to {_written(plan, verdict)}")
    return 0 if kept else 1


def _print(verdict: Verdict) -> None:
    faults = Table("fault", "what happens", "recognition", "next alert after, s")
    for each in verdict.after:
        wait = "never" if each.alert_s is None else f"{each.alert_s:.1f}"
        goes = "ends, and is begun again" if each.ended else "goes on"
        faults.add_row(each.fault, each.tells, goes, wait)
    console = output_console()
    console.print(faults)
    console.print(table_of(verdict.lines))


def _written(plan: Plan, verdict: Verdict) -> Path:
    machine = describe()
    what = "faults" if plan.each else "soak"
    path = RESULTS / f"{datetime.now(UTC).date()}-{machine.slug}-{what}.json"
    report = {
        "machine": asdict(machine),
        "minutes": plan.seconds / 60,
        "seed": plan.seed,
        "figures": [asdict(line) for line in verdict.lines],
        "faults": [asdict(each) for each in verdict.after],
    }
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    sys.exit(main())
