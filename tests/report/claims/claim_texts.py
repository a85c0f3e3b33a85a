"""Files of claims for tests, with whatever figures a test wants altered."""

from __future__ import annotations

from pathlib import Path

from overt.report.claims.checked import Checked, Finding, Tabled
from overt.report.claims.checking import check_claims
from overt.report.claims.claim_file import read_claims

HEAD = """
title = "A title"
[source]
publisher = "A force"
period = "a year"
citation = "A paper"
grade = "P"
"""
COUNTS = """
[counts]
deployments = 203
faces = 3_147_436
alerts = 2_077
false_alerts = 10
false_alerts_stopped = 6
arrests = 962
"""


def claim(kind: str, keys: str) -> str:
    return f'[[claim]]\nsays = "so"\nwording = "quoted"\nkind = "{kind}"\n{keys}\n'


def written(folder: Path, *parts: str, counts: str = COUNTS) -> Path:
    """Write a file with these parts after the head and the counts."""
    path = folder / "claims.toml"
    path.write_text("\n".join((HEAD, counts, *parts)))
    return path


def checked(folder: Path, *parts: str, counts: str = COUNTS) -> Checked:
    """Check a file that holds one claim."""
    ((_, found),) = check_claims(read_claims(written(folder, *parts, counts=counts))).claims
    return found


def findings(found: Checked) -> list[Finding]:
    return [verdict.finding for verdict in found.verdicts]


def text(found: Checked) -> str:
    """Give all that is said of a claim."""
    steps = [step if isinstance(step, str) else step.title for step in found.steps]
    return "\n".join((*(verdict.text for verdict in found.verdicts), *steps, *found.needs))


def tables(found: Checked) -> list[Tabled]:
    return [step for step in found.steps if isinstance(step, Tabled)]
