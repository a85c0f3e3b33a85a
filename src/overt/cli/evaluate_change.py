"""`overt evaluate change`: what another bundle or threshold does, kept for the draft to name."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from overt.cli.plain import plain_console
from overt.cli.showing_changes import print_changes, print_gaps
from overt.clock import SystemClock
from overt.errors import EvaluationError
from overt.evaluation.comparison import compare_at, gaps_at, paired
from overt.governance.comparisons import keep_comparison
from overt.governance.policy_file import open_policy
from overt.governance.rules_change import RULE, few_probes
from overt.inference.evaluation_file import read_record
from overt.inference.manifest import read_manifest
from overt.inference.opened import find_manifest
from overt.settings import Settings, read_settings
from overt.values.comparison import Comparison, Used
from overt.values.evaluation import Record

__all__ = ["change"]


def change(
    before: Annotated[Path, typer.Argument(help="evaluation of what is used now")],
    after: Annotated[Path, typer.Argument(help="of what is to be used; may be the same file")],
    *,
    bundle: Annotated[str, typer.Option(help="the bundle that is to be used")],
    threshold: Annotated[float, typer.Option(min=0, max=1, help="the threshold that is to be")],
    bundle_before: Annotated[
        str | None, typer.Option(help="the bundle used now; if not given, the same")
    ] = None,
    threshold_before: Annotated[
        float | None, typer.Option(min=0, max=1, help="the threshold now; if not given, the same")
    ] = None,
) -> None:
    """Compare what is used now with what is to be used, and keep it; print its sha256.

    Where bundle or threshold differ from the last authorised deployment, a draft names it:
    comparison = "SHA256". What counts as worse is the policy's.
    """
    settings = read_settings()
    one, other = read_record(before), read_record(after)
    at = threshold if threshold_before is None else threshold_before
    used = _used(bundle_before or bundle, one, at, settings)
    wanted = _used(bundle, other, threshold, settings)
    kept = _compared(one, other, used, wanted)
    limits = open_policy(settings.policy).figures(RULE)
    by_measure = {"FNIR": limits["misses"], "FPIR": limits["false-alerts"]}
    print_changes(kept.changes, limits=lambda measure: by_measure[measure])
    print_gaps(kept.gaps, limits=lambda measure: by_measure[measure])
    if (few := few_probes(kept, limits)) is not None:
        told = f"too few for the policy: got {few.got}, want {few.want}; {few.to_do}"
        plain_console(stderr=True).print(told, soft_wrap=True)
    keep_comparison(kept, folder=settings.comparisons_dir)
    print(kept.sha256)


def _compared(one: Record, other: Record, used: Used, wanted: Used) -> Comparison:
    ends = (used.threshold, wanted.threshold)
    pairs, _ = paired(one, other)
    mated = sum(probe.listed for probe in pairs)
    if one.method.labels_sha256 != other.method.labels_sha256:
        raise EvaluationError(
            "evaluations: got two tables of labels, want the same photographs in both",
            hint="evaluate both with the same labels, --half, --listed and --seed",
        )
    return Comparison(
        made=SystemClock().now().isoformat(timespec="seconds"),
        software=f"overt {version('overt')}",
        before=used,
        after=wanted,
        labels_sha256=one.method.labels_sha256,
        listed=min(one.method.listed, other.method.listed),
        mated=mated,
        nonmated=len(pairs) - mated,
        changes=compare_at(one, other, points=[("as used", ends)]),
        gaps=gaps_at(one, other, ends=ends),
    )


def _used(name: str, record: Record, threshold: float, settings: Settings) -> Used:
    """Say what is used, and hold the evaluation to it."""
    bundle = read_manifest(find_manifest(name, folder=settings.bundles_dir))
    if record.model.digest != bundle.evaluated:
        raise EvaluationError(
            f"evaluation: got one of {record.model.name} ({record.model.digest[:12]}), want one of "
            f"{bundle.name} ({bundle.evaluated[:12]})",
            hint="evaluate each bundle with `overt evaluate photos`, with the same options",
        )
    return Used(bundle.name, bundle.version, bundle.digest, threshold, record.sha256)
