"""The rule on a change of model or threshold: what it does is shown before it is authorised."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from overt.governance.findings import Finding, judged, untold
from overt.governance.policy_kinds import Figures
from overt.governance.rules_subject import Subject
from overt.values.comparison import Comparison, is_worse

__all__ = ["RULE", "compared"]

RULE: Final = "change-compared"
ABOUT: Final = "change of bundle or threshold"
TO_DO: Final = (
    "`overt evaluate change` makes one of two evaluations of the same photographs; name its sha256 "
    "in the draft: comparison = ..."
)


def compared(subject: Subject, value: Figures, _now: datetime) -> Finding:
    """Check that a change against the last authorised deployment was measured, on whom it falls."""
    if subject.before is None:
        return untold(RULE, about=ABOUT, want="none, or one that was measured", to_do=TO_DO)
    if not subject.before:
        return judged(RULE, holds=True, about=ABOUT, got="nothing before it", want="it measured")
    (before,) = subject.before
    bundle, threshold = subject.bundle.digest, subject.deployment.threshold
    if (before.bundle, before.threshold) == (bundle, threshold):
        got = f"none since deployment {before.deployment}"
        return judged(RULE, holds=True, about=ABOUT, got=got, want="none, or one that was measured")
    want = f"one of {_told(before.bundle, before.threshold)} with {_told(bundle, threshold)}"
    found = subject.comparison
    if not isinstance(found, Comparison):
        got = "no comparison" if found is None else f"no comparison ({found.reason})"
        return judged(RULE, holds=False, about=ABOUT, got=got, want=want, to_do=TO_DO)
    ends = [(used.bundle, used.threshold) for used in (found.before, found.after)]
    if ends != [(before.bundle, before.threshold), (bundle, threshold)]:
        got = f"a comparison of {' with '.join(_told(*end) for end in ends)}"
        return judged(RULE, holds=False, about=ABOUT, got=got, want=want, to_do=TO_DO)
    return _weighed(subject, found, value)


def _weighed(subject: Subject, found: Comparison, value: Figures) -> Finding:
    """Let what became worse pass only where the authorising officer says why it is accepted."""
    if not found.mated or not found.nonmated:
        got = f"{found.mated:,} probes of listed people and {found.nonmated:,} of others"
        return judged(RULE, holds=False, about=ABOUT, got=got, want="some of each", to_do=TO_DO)
    worse = list(_worse(found, value))
    want = (
        f"misses up by {value['misses']:.2%} at most and false alerts by "
        f"{value['false-alerts']:.2%}, for every group and between groups"
    )
    said = f"{found.mated:,} and {found.nonmated:,} probes, comparison {found.sha256[:12]}"
    if not worse:
        got = f"nothing worse ({said})"
        return judged(RULE, holds=True, about=ABOUT, got=got, want=want)
    reason = subject.deployment.statement.change.strip()
    got = f"{'; '.join(worse)} ({said})"
    return judged(
        RULE,
        holds=bool(reason),
        about=ABOUT,
        got=f"{got}; accepted, with a reason" if reason else got,
        want=f"{want}, or the officer's reason",
        to_do="do not make the change, or have the authorising officer write down why it is "
        "accepted: change = ... under [authority]",
    )


def _worse(found: Comparison, value: Figures) -> Iterator[str]:
    limits = {"FNIR": ("misses", value["misses"]), "FPIR": ("false alerts", value["false-alerts"])}
    for change in found.changes:
        words, limit = limits[change.measure]
        if is_worse(change, limit=limit):
            yield (
                f"{words} of {change.group} {change.before:.2%} to {change.after:.2%} "
                f"({change.low:+.2%} to {change.high:+.2%})"
            )
    for gap in found.gaps:
        words, limit = limits[gap.measure]
        if is_worse(gap, limit=limit):
            yield (
                f"{words}: the gap between groups of {gap.column} {gap.before:.2%} to "
                f"{gap.after:.2%} ({gap.low:+.2%} to {gap.high:+.2%})"
            )


def _told(bundle: str, threshold: float) -> str:
    return f"bundle {bundle[:12]} at {threshold:g}"
