"""`overt models qualify`: a trial bundle becomes operational, on the record of its evaluation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from overt.cli.files import read_file
from overt.cli.showing_rules import print_finding
from overt.errors import RefusedError
from overt.governance.findings import Verdict
from overt.governance.policy_file import open_policy
from overt.governance.qualifying import qualify as qualified
from overt.governance.rules_evaluation import Asked
from overt.inference.evaluation_file import record_from
from overt.inference.manifest import read_manifest
from overt.inference.opened import find_manifest
from overt.inference.qualified import write_qualified
from overt.settings import read_settings
from overt.text import printable

__all__ = ["qualify"]


def qualify(
    bundle: Annotated[str, typer.Argument(help="a trial bundle's name, manifest or folder")],
    *,
    record: Annotated[Path, typer.Option(help="what `overt evaluate photos` wrote about it")],
    listed: Annotated[int, typer.Option(min=1, help="entries of the longest list it is for")],
    threshold: Annotated[
        float, typer.Option(min=0, max=1, help="the lowest threshold it is for, a similarity")
    ],
    policy: Annotated[
        str | None, typer.Option(help="a policy's name or file; if not given, of the settings")
    ] = None,
    out: Annotated[Path, typer.Option(help="a new folder for the operational bundle")],
) -> None:
    """Hold a bundle's evaluation to the policy; where every rule holds, write it as operational.

    The same rules are checked again for the list and the threshold of every deployment.
    Exit code 1 where one does not hold: then nothing is written.
    """
    settings = read_settings()
    rules = open_policy(policy or settings.policy)
    manifest = find_manifest(bundle, folder=settings.bundles_dir)
    content = read_file(record, want="an evaluation (JSON)")
    found = record_from(content, shown=printable(str(record)))
    asked = Asked(read_manifest(manifest), found, listed, threshold)
    findings = qualified(asked, policy=rules)
    for finding in findings:
        print_finding(finding, rules.rule(finding.rule))
    failing = [finding.rule for finding in findings if finding.verdict is not Verdict.HOLDS]
    if failing:
        raise RefusedError(
            f"bundle {asked.bundle.name}: got {len(failing)} of {len(findings)} rules that do not "
            f"hold ({', '.join(failing)}), want all: it stays {asked.bundle.intended_use}",
            hint="each line above says what to do next",
        )
    print(write_qualified(manifest, content, out=out).digest)
