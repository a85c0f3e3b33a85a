"""Methods: how every figure was found, so that somebody else can find it again."""

from __future__ import annotations

from overt.report.document.figures import Figure, Sort, Statement, Words
from overt.report.document.report import Options, Section, Source
from overt.report.document.wording import one_in, several

__all__ = ["methods"]

HOW = {
    "false-alerts": "A false alert was rejected by an operator at adjudication, or found false "
    "after an engagement. Decoys, which test operators, are counted nowhere.",
    "intervals": "Intervals of shares are Clopper-Pearson's, of counts per hour Garwood's: exact, "
    "two-sided, 95 %. They cover the truth at least as often as they say, if faces are "
    "independent; faces of one place and day are not quite, so the truth is a little less sure.",
    "faces-seen": "A face seen is a tracked passage through the zone of recognition, counted once "
    "a camera, in the minute in which it ended.",
    "thresholds": "A minute belongs to the threshold that was operated at its first second.",
    "trials": "Trials among people who agreed are left out.",
}


def methods(options: Options, sources: tuple[Source, ...]) -> Section:
    """Say what was counted from, what was chosen, and how."""
    figures = [
        Figure(
            f"methods.source-{place}",
            source.force,
            Words(
                f"{several(source.events, 'event', 'events')}, root {source.root}"
                if source.root
                else f"{several(source.events, 'event', 'events')}, not signed: nobody else can "
                f"check them"
            ),
        )
        for place, source in enumerate(sources, start=1)
    ]
    figures.append(
        Figure(
            "methods.ceiling", "ceiling of false alerts", Words(one_in(options.false_alert_ceiling))
        )
    )
    statements = [Statement(f"methods.{name}", Sort.SAYS, text) for name, text in HOW.items()]
    unsigned = [source.force for source in sources if not source.root]
    if unsigned:
        statements.append(
            Statement(
                "methods.unsigned",
                Sort.WRONG,
                f"Not counted from a signed log: {', '.join(unsigned)}. Export the log, and make "
                "the report of the export.",
            )
        )
    return Section(
        "methods",
        "Methods",
        "Every figure is counted from the events of a log that cannot be rewritten. Whoever has "
        "its export can compute this report again: `overt verify --report`.",
        tuple(figures),
        statements=tuple(statements),
    )
