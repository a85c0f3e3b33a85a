"""A record in lines of text: what a terminal shows."""

from __future__ import annotations

from collections.abc import Iterator

from overt.evaluation.shares import Share
from overt.values.evaluation import Record

__all__ = ["Block", "blocks_of", "percent"]

Block = tuple[str, tuple[str, ...], list[tuple[str, ...]]]  # title, heads, rows


def percent(share: Share | None) -> str:
    """Write a share with its interval and counts."""
    if share is None:
        return "not measured"
    if share.value and share.value < 1e-3:
        ends = f"{share.low:.1e} to {share.high:.1e}"
        return f"{share.value:.2e} ({ends}; {share.events:,} of {share.trials:,})"
    ends = f"{share.low:.2%} to {share.high:.2%}"
    return f"{share.value:.2%} ({ends}; {share.events:,} of {share.trials:,})"


def blocks_of(record: Record) -> Iterator[Block]:
    """Give tables of the main figures."""
    method = record.method
    yield (
        "method",
        ("", ""),
        [
            ("model", f"{record.model.name} {record.model.version}"),
            ("compared by", record.model.compares),
            ("data", f"{method.data} ({method.half})"),
            ("listed", f"{method.listed:,} of {method.listed_wanted:,} wanted"),
            ("probes of listed people", f"{method.mated:,} of {method.mated_people:,} people"),
            ("probes of others", f"{method.nonmated:,} of {method.nonmated_people:,} people"),
            *((f"failed: {each.part}", percent(each.failed)) for each in record.acquired),
            ("sha256", record.sha256),
        ],
    )
    yield (
        f"at thresholds, {method.listed:,} listed",
        ("threshold", "false alerts (FPIR)", "recognised (TPIR)", "false matches (FMR)"),
        [
            (
                f"{row.threshold:.2f}{' *' if row.extrapolated else ''}",
                percent(row.fpir),
                percent(row.tpir),
                percent(row.fmr),
            )
            for row in record.thresholds
        ],
    )
    yield (
        "at false alert rates",
        ("FPIR", "threshold", "recognised (TPIR)"),
        [
            (
                f"{row.fpir:g}",
                f"{row.score:.4g}" if row.threshold is None else f"{row.threshold:.3f}",
                percent(row.tpir),
            )
            for row in record.rates
        ],
    )
    if record.worst:
        yield (
            "worst groups",
            ("by", "threshold", "measure", "worst", "to best", "to mean"),
            [
                (
                    row.column,
                    f"{row.threshold:.3f}",
                    row.measure,
                    row.group,
                    "-" if row.to_best is None else f"{row.to_best:.3g}",
                    "-" if row.to_mean is None else f"{row.to_mean:.3g}",
                )
                for row in record.worst
            ],
        )
