"""Measures this machine: `python -m benchmarks`, or `make bench`; about four minutes.

On one core with one thread, in turns over the same clip: overt with every face of every frame
embedded, overt as it runs by default, and `face_recognition`. Then the networks against the matrix
product, and the search against memory. Writes benchmarks/results/DATE-CPU.json.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from benchmarks.bench_clip import FACES, FPS, bench_clip
from benchmarks.contender import Block
from benchmarks.machine import Machine, describe
from benchmarks.printing import output_console
from benchmarks.recall import Recall, compare
from benchmarks.run_speed import NAMES, Result, ask_once, paired_ratio, run_in_turns
from benchmarks.worker import LISTED

RESULTS: Final = Path(__file__).resolve().parent / "results"


def main() -> None:
    """Measure, print tables, write JSON."""
    progress, output = Console(stderr=True), output_console()
    machine = describe()
    with progress.status("the clip") as status:
        clip = bench_clip()
        results = run_in_turns(clip.path, on_block=status.update)
        recall = compare(results["peer"].found, results["default"].found, clip.truth)
        status.update("networks")
        networks = ask_once("networks", clip.path)
        status.update("search")
        search = ask_once("search", clip.path)["search"]
    _print_speed(results, output)
    _print_recall(recall, output)
    _print_networks(networks, output)
    _print_search(search, output)
    report = _report(machine, results, recall, networks, search)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{datetime.now(UTC).date()}-{machine.slug}.json"
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    output.print(f"written to {path}", soft_wrap=True)


def _print_speed(results: dict[str, Result], output: Console) -> None:
    table = Table(
        title=f"1080p, {FACES} faces, {LISTED:,} listed, one core: CPU ms a frame, median of blocks"
    )
    table.add_column("")
    for heading in ("decode", "rest", "all", "peer / this", "min", "max", "peak MB", "frames/s"):
        table.add_column(heading, justify="right")
    peer = results["peer"]
    for kind, result in results.items():
        ratio = paired_ratio(peer.blocks, result.blocks, cost=_cpu)
        table.add_row(
            NAMES[kind],
            f"{result.decode_ms:.1f}",
            f"{result.work_ms:.1f}",
            f"{result.cpu_ms:.1f}",
            f"{ratio.median:.1f}",
            f"{ratio.low:.1f}",
            f"{ratio.high:.1f}",
            f"{result.peak_mb:.0f}",
            f"{result.frames_per_s:.1f}",
        )
    output.print(table)
    default = results["default"]
    stages = ", ".join(f"{name} {value:.1f}" for name, value in default.details.items())
    output.print(f"default path, wall time by stage: {stages}")
    output.print(
        f"default path: {default.real_time:.2f} times real time at {FPS} frames a second, "
        f"decoding included, by CPU time on one core ({default.wall_frames_per_s:.1f} frames/s "
        "by the clock on the wall)"
    )


def _print_recall(recall: Recall, output: Console) -> None:
    output.print(
        f"faces at least 40 px high in {recall.frames} frames: {recall.there} there, "
        f"{recall.peer} found by face_recognition, {recall.ours} in a track of ours; "
        f"{recall.lost} found by it and not tracked by us ({recall.people_lost} people)"
    )


def _print_networks(networks: dict[str, Any], output: Console) -> None:
    peak = networks["sgemm_gflop_per_s"]
    table = Table(title=f"networks against sgemm ({peak:.0f} GFLOP/s, one thread)")
    for heading in ("network", "GFLOP", "ms", "GFLOP/s", "share of sgemm"):
        table.add_column(heading, justify="left" if heading == "network" else "right")
    for each in networks["shares"]:
        table.add_row(
            f"{each['name']}, {'x'.join(str(n) for n in each['shape'])}",
            f"{each['gflop']:.2f}",
            f"{each['ms']:.2f}",
            f"{each['gflop'] / each['ms'] * 1e3:.0f}",
            f"{each['share']:.0%}",
        )
    output.print(table)


def _print_search(search: list[dict[str, Any]], output: Console) -> None:
    table = Table(title="exact search, one thread")
    for heading in ("listed", "queries", "ms", "ms a query", "list read, GB/s", "plain read, GB/s"):
        table.add_column(heading, justify="right")
    for each in search:
        table.add_row(
            f"{each['listed']:,}",
            str(each["queries"]),
            f"{each['ms']:.3f}",
            f"{each['ms'] / each['queries']:.4f}",
            f"{each['read_gb_per_s']:.1f}",
            f"{each['bandwidth_gb_per_s']:.1f}",
        )
    output.print(table)


def _report(
    machine: Machine,
    results: dict[str, Result],
    recall: Recall,
    networks: dict[str, Any],
    search: list[dict[str, Any]],
) -> dict[str, Any]:
    peer = results["peer"]
    return {
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": asdict(machine),
        "clip": {"faces": FACES, "fps": FPS, "size": [1920, 1080], "listed": LISTED},
        "contenders": {
            kind: {
                "name": NAMES[kind],
                "cpu_ms_a_frame": round(result.cpu_ms, 2),
                "without_decoding": round(result.work_ms, 2),
                "frames_per_s": round(result.frames_per_s, 2),
                "wall_frames_per_s": round(result.wall_frames_per_s, 2),
                "peak_mb": round(result.peak_mb, 1),
                "peer_takes": asdict(paired_ratio(peer.blocks, result.blocks, cost=_cpu)),
                "peer_takes_without_decoding": asdict(
                    paired_ratio(peer.blocks, result.blocks, cost=_work)
                ),
                "stages_ms": result.details,
                "blocks": [
                    [round(value, 2) for value in (block.decode_ms, block.work_ms, block.wall_ms)]
                    for block in result.blocks
                ],
            }
            for kind, result in results.items()
        },
        "recall": asdict(recall),
        "networks": networks,
        "search": search,
    }


def _cpu(block: Block) -> float:
    return block.cpu_ms


def _work(block: Block) -> float:
    return block.work_ms


if __name__ == "__main__":
    main()
