"""Writes the measured tables of docs/concepts/monitoring.md from a result's JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

__all__ = ["tables", "with_tables", "write_page"]

BETWEEN: Final = "(<!-- measured: {name} -->\n).*?(<!-- end of measured -->)"


def write_page(page: Path, found: Mapping[str, Any]) -> None:
    """Write the tables of a page anew."""
    page.write_text(with_tables(page.read_text(encoding="utf-8"), found), encoding="utf-8")


def with_tables(text: str, found: Mapping[str, Any]) -> str:
    """Give a page with its tables written anew.

    Raises:
        ValueError: the page has no place for one of them.
    """
    for name, table in tables(found).items():
        pattern = BETWEEN.format(name=name)
        if not re.search(pattern, text, flags=re.DOTALL):
            raise ValueError(f"monitoring: got no place for {name!r}, want one")

        def place(parts: re.Match[str], table: str = table) -> str:
            return f"{parts[1]}{table}\n{parts[2]}"

        text = re.sub(pattern, place, text, flags=re.DOTALL)
    return text


def tables(found: Mapping[str, Any]) -> dict[str, str]:
    """Give each table as Markdown."""
    return {
        "ceiling": _table(
            (
                "true rate", "ceiling", "faces", "one look, looked at once",
                "one look, after every alert", "one look, after every minute",
                "sequence, after every alert", "sequence, after every minute",
                "sequence, before the minute is counted",
            ),
            [
                (
                    f"1 in {1 / row['rate']:,.0f}",
                    f"1 in {1 / row['ceiling']:,.0f}",
                    f"{row['faces']:,}",
                    *(
                        _percent(row[name])
                        for name in (
                            "fixed_once", "fixed_every_alert", "fixed_every_minute",
                            "sequence_every_alert", "sequence_every_minute",
                            "sequence_before_its_minute",
                        )
                    ),
                )
                for row in (*found["rates"], *found["low_rates"])
            ],
        ),
        "varying": (
            f"{_percent(found['varying']['sequence_every_alert'])} of deployments of "
            f"{found['varying']['faces']:,} faces are stopped."
        ),
        "interval": _table(
            ("true rate", "faces", "Garwood, at every face", "sequence, at every face"),
            [
                (
                    f"1 in {1 / row['rate']:,.0f}",
                    f"{row['faces']:,}",
                    _percent(row["fixed_every_face"]),
                    _percent(row["sequence_every_face"]),
                )
                for row in found["intervals"]
            ],
        ),
        "groups": _table(
            ("what", "group's share of the faces", "one look, at every look", "sequence"),
            [
                *(
                    (
                        f"share of {row['false_alerts']} false alerts",
                        f"{row['share']:.1%}",
                        _percent(row["fixed_every_alert"]),
                        _percent(row["sequence_every_alert"]),
                    )
                    for row in found["shares"]
                ),
                *(
                    (
                        f"ratio of two rates, {row['looks']} looks",
                        f"{row['share']:.1%}",
                        _percent(row["fixed_every_look"]),
                        _percent(row["sequence_every_look"]),
                    )
                    for row in found["ratios"]
                ),
            ],
        ),
        "once": _table(
            ("interval for one look", "covers at least", "on average"),
            [(r["interval"], _percent(r["least"]), _percent(r["mean"])) for r in found["once"]],
        ),
        "power": _table(
            (
                "true rate", "faces until it is found, half of the time", "nine times in ten",
                "false alerts by then, half of the time",
            ),
            [
                (
                    f"{row['times']} times the ceiling",
                    f"{row['faces_median']:,.0f}",
                    f"{row['faces_nine_in_ten']:,.0f}",
                    f"{row['false_alerts_median']:,.0f}",
                )
                for row in found["power"]
            ],
        ),
        "widths": _widths(found["widths"]),
    }  # fmt: skip


def _widths(rows: Sequence[Mapping[str, Any]]) -> str:
    names = list(rows[0]["ends"])
    return _table(
        ("false alerts", "faces", *names),
        [
            (
                str(row["false_alerts"]),
                f"{row['faces']:,}",
                *(f"{low:.2f} to {high:.2f}" for low, high in row["ends"].values()),
            )
            for row in rows
        ],
    )


def _percent(share: float) -> str:
    return f"{share:.1%}".replace("%", " %")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = "|" + "---|" * len(head)
    first, *others = (f"| {' | '.join(cells)} |" for cells in (head, *rows))
    return "\n".join((first, rule, *others))
