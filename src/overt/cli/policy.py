"""`overt policy`: the rules, where they come from, and whether a deployment keeps them.

Nothing here changes a rule. `--policy` names another policy, which may only be stricter.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer
from rich.table import Table

from overt.cli.plain import plain_console
from overt.cli.showing_rules import print_finding, source_of
from overt.clock import SystemClock
from overt.governance.comparisons import subject_of
from overt.governance.deployment_file import read_deployment
from overt.governance.listfile import ListFile
from overt.governance.policy import Policy, PolicyRule
from overt.governance.policy_file import open_policy, policy_names, read_policy
from overt.governance.policy_known import KNOWN
from overt.governance.policy_strictness import Difference, compare
from overt.governance.rules import Assessment, Subject, assess
from overt.inference.manifest import read_manifest
from overt.inference.opened import find_manifest
from overt.settings import Settings, read_settings
from overt.text import printable
from overt.values.deployment import Deployment
from overt.wiring import open_keys

__all__ = ["policy"]

policy = typer.Typer(help="The rules that deployments keep.", no_args_is_help=True)
console = plain_console(stderr=True)

PolicyName = Annotated[str, typer.Argument(help="a policy's name or file")]
REFUSED: Final = 1  # exit code


@policy.command("list")
def list_all() -> None:
    """List the policies that come with overt."""
    table = _table("name", "version", "rules that differ from the reference")
    reference = open_policy("reference")
    for name in policy_names():
        found = open_policy(name)
        other = [each for each in compare(reference, found) if each.difference != Difference.SAME]
        table.add_row(found.name, found.version, ", ".join(each.rule for each in other) or "none")
    plain_console(stderr=False).print(table)


@policy.command()
def show(name: PolicyName = "reference") -> None:
    """Show every rule of a policy: its value, what happens when it fails, and its source."""
    found = open_policy(name)
    print(f"{found.name} {found.version}, digest {found.digest}")
    for rule in found.rules:
        print(f"\n{rule.id}: {_value(rule)}\n  {rule.text}")
        print(f"  fails: {rule.fails}; source: {source_of(rule)}")


@policy.command("compare")
def compare_two(
    first: Annotated[str, typer.Argument(help="a policy's name or file")],
    second: Annotated[str, typer.Argument(help="another's")],
) -> None:
    """Compare two policies rule by rule; the last column says how the second stands."""
    one, other = (_readable(name) for name in (first, second))
    table = _table("rule", printable(one.name), printable(other.name), "second is")
    for each in compare(one, other):
        if each.difference is not Difference.SAME:
            table.add_row(each.rule, _cell(each.first), _cell(each.second), each.difference)
    if not table.row_count:
        print("no difference")
        return
    plain_console(stderr=False).print(table)


@policy.command()
def check(
    deployment: Annotated[Path, typer.Argument(help="the deployment's TOML file")],
    *,
    policy: Annotated[
        str | None, typer.Option(help="a policy's name or file; if not given, of the settings")
    ] = None,
) -> int:
    """Check a deployment rule by rule: holds, fails, or cannot tell yet.

    Before the window it is checked as of the window's start. Exit code 1 where a rule fails that
    refuses or stops, 2 where something cannot be read.
    """
    settings = read_settings()
    found = open_policy(policy or settings.policy)
    drafted = read_deployment(deployment)
    subject = _subject(drafted, settings)
    now = SystemClock().now()
    if now < drafted.window.start:
        now = drafted.window.start
        console.print(f"checked as of the window's start, {now.isoformat(timespec='seconds')}")
    assessment = assess(subject, policy=found, now=now)
    for finding in assessment.findings:
        print_finding(finding, found.rule(finding.rule))
    console.print(_summary(assessment), soft_wrap=True)
    return REFUSED if assessment.refusals else 0


def _subject(drafted: Deployment, settings: Settings) -> Subject:
    """Open the list and the model's manifest; the model itself is not needed."""
    bundle = read_manifest(find_manifest(drafted.bundle, folder=settings.bundles_dir))
    watchlist = ListFile(drafted.watchlist, keys=open_keys(settings)).watchlist
    return subject_of(drafted, watchlist, bundle, comparisons=settings.comparisons_dir)


def _readable(name: str) -> Policy:
    """Read a policy to look at, also one that is too loose to be used."""
    return open_policy(name) if name in policy_names() else read_policy(Path(name))


def _summary(assessment: Assessment) -> str:
    failing, flagged = len(assessment.refusals), len(assessment.flags)
    untold, admitted = len(assessment.untold), len(assessment.admitted)
    held = len(assessment.findings) - failing - flagged - untold
    return (
        f"policy {assessment.policy.name} {assessment.policy.version}: {held} hold"
        f"{f' ({admitted} of them admitted in a trial)' if admitted else ''}, "
        f"{failing} fail, {flagged} fail and are flagged, {untold} cannot be told yet"
    )


def _value(rule: PolicyRule) -> str:
    return printable(KNOWN[rule.id].write(rule.value))


def _cell(rule: PolicyRule | None) -> str:
    return "missing" if rule is None else f"{_value(rule)}; {rule.fails}"


def _table(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table
