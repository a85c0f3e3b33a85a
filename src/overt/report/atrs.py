"""A record of the UK Algorithmic Transparency Recording Standard, as far as it can be filled.

What policy, bundle and record say is filled in, each with where it comes from. What only a person
can answer for stays open, and says so: no field is left out, and none is made up.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from overt.facts.facts import Facts
from overt.governance.policy import Policy
from overt.inference.bundle import Bundle
from overt.report.atrs_fields import FIELDS, STANDARD, VERSION, Field
from overt.report.document.report import Source
from overt.report.document.wording import number, one_in, several
from overt.report.tally import Tally, tally
from overt.text import sheet_cell

__all__ = ["OPEN", "Filled", "as_csv", "as_json", "fill"]

OPEN: Final = "[open: to be completed by a person]"
RETENTION: Final = (
    "list-destroyed",
    "alert-data-kept",
    "legal-hold",
    "disclosure-kept",
    "non-matching-forgotten",
)
SENTENCE: Final = (
    "Compares the faces of people who walk through a marked zone with a watchlist, live and in "
    "the open; a person judges every alert before anybody acts."
)
NEVER: Final = (
    "It cannot search old footage for a face, follow a person across cameras or days, keep faces "
    "of people who are not listed, guess ethnicity, gender, age or feelings from a face, or run "
    "covertly."
)


@dataclass(frozen=True, slots=True)
class Filled:
    """A field and what it says; "" where it is open."""

    field: Field
    value: str
    source: str  # what it was filled from


def fill(*, policy: Policy, bundle: Bundle, facts: Facts, source: Source) -> tuple[Filled, ...]:
    """Fill every field that can be, in the order of the standard.

    Args:
        policy: the rules that deployments keep.
        bundle: the models that they run with.
        facts: what was recorded.
        source: whose record that is.
    """
    told: dict[str, tuple[str, str]] = {}
    for values, where in (
        (fixed(), "overt"),
        (of_policy(policy), f"policy {policy.name} {policy.version}"),
        (of_bundle(bundle), f"bundle {bundle.name} {bundle.version}"),
        (of_record(facts, bundle), f"record of {source.force}, {number(source.events)} events"),
    ):
        told |= {reference: (text, where) for reference, text in values.items() if text}
    return tuple(Filled(field, *told.get(field.reference, ("", ""))) for field in FIELDS)


def fixed() -> Mapping[str, str]:
    """Give what is so of every deployment, whatever its policy."""
    return {
        "0.2": VERSION,
        "0.11": "Live facial recognition",
        "0.15": SENTENCE,
        "1.1": "Live facial recognition",
        "1.2": SENTENCE,
        "2.2.1": "Video is decoded, faces are detected and tracked, and the best shots of each "
        "passage are turned into templates and compared with every entry of the watchlist. A "
        "similarity at or above the threshold raises an alert. Templates of everybody else are "
        "gone from memory at once. Every act is an event of a signed log, from which figures are "
        "counted and can be counted again by anybody.",
        "2.3.1": "An alert goes to an operator, who judges subject, system and environment before "
        "officers are told. Nothing follows from an alert by itself.",
        "2.3.2": "The listed photograph, the shots, the similarity, the threshold, the list's "
        "category and what made the comparison hard. Faces of others are masked.",
        "2.4.1.1": "A pipeline a camera on the force's own machines: source, detector, tracker, "
        "selector, recogniser, exact search, alert. Evidence is sealed under a key an alert; "
        "events are hashed into a Merkle tree whose root is signed (RFC 9162, C2SP).",
        "2.4.2.3": "Find faces in a picture; make of a face a template that can be compared.",
        "2.4.2.5": "Boxes and five landmarks of faces; a template of each face that is compared.",
    }


def of_policy(policy: Policy) -> Mapping[str, str]:
    """Give what the rules say, in their own sentences."""
    return {
        "2.2.2": f"{said(policy, 'permitted-use', 'inside-window', 'live-cameras')} {NEVER}",
        "2.3.4": said(policy, "human-decision", "authority-two-people", "authority-urgent-review"),
        "2.4.3.11": said(policy, *RETENTION),
    }


def said(policy: Policy, *rules: str) -> str:
    """Join the sentences of rules that the policy has."""
    found = (policy.find(rule) for rule in rules)
    return " ".join(rule.text for rule in found if rule is not None)


def of_bundle(bundle: Bundle) -> Mapping[str, str]:
    """Give what the models' manifest says."""
    recogniser, calibration = bundle.recogniser, bundle.calibration
    told = {
        "2.4.1.4": f"A detector ({bundle.detector.head}) and a recogniser of "
        f"{recogniser.dimensions} dimensions. {bundle.source}",
        "2.4.2.1": bundle.name,
        "2.4.2.2": f"{bundle.version} (sha256 of its manifest {bundle.digest})",
        "2.4.2.4": f"Pictures of video; aligned faces of {recogniser.input_size} x "
        f"{recogniser.input_size} pixels.",
    }
    if calibration is not None:
        told["2.4.2.7"] = (
            f"False match rates were measured on {number(calibration.pairs)} pairs of different "
            f"people of the group with the highest rate ({calibration.group}); every threshold "
            "is set by that group's rate. Rates of real deployments are in the reports. "
            f"Fit for: {bundle.intended_use}. {bundle.description.strip()}"
        )
        told["2.4.2.8"] = "; ".join(calibration.datasets) + " (calibration). "
        told["2.4.2.8"] += f"Datasets of training: see {bundle.source}"
        told["2.4.2.9"] = "Calibration of the scale on which thresholds are set."
    return told


def of_record(facts: Facts, bundle: Bundle) -> Mapping[str, str]:
    """Give what was recorded so far, in public, and whether it was with these models."""
    public = facts.in_public()
    total = tally(public)
    table = facts.deployments.select("trial", "started", "bundle").collect()
    ran = table.filter(table["started"].is_not_null())
    if not ran.height:
        return {}
    phase = "Beta/Pilot" if ran["trial"].all() else "Production"
    told = {"0.13": phase, "2.4.1.2": phase}
    other = ran.filter(ran["bundle"] != bundle.digest).height
    if other:
        told["2.4.2.2"] = (
            f"{bundle.version} (sha256 of its manifest {bundle.digest}). {number(other)} of "
            f"{number(ran.height)} deployments that ran had another bundle: describe that too."
        )
    if total.deployments:
        starts = public.deployments.select("start").collect()["start"].to_list()
        told["2.3.3"] = (
            f"{several(total.deployments, 'deployment', 'deployments')} from "
            f"{min(starts):%-d %B %Y} to "
            f"{max(starts):%-d %B %Y}: {several(total.seen, 'face', 'faces')} seen, "
            f"{several(total.alerts, 'alert', 'alerts')}, {number(total.false_alerts)} of them "
            f"false ({false_rate(total)}), "
            f"{several(total.engaged, 'engagement', 'engagements')}, "
            f"{several(total.arrests, 'arrest', 'arrests')}."
        )
    return told


def false_rate(total: Tally) -> str:
    """Write false alerts per face seen."""
    return one_in(total.false_alerts / total.seen) + " faces seen" if total.seen else "no face seen"


def as_json(filled: tuple[Filled, ...], *, made: datetime) -> bytes:
    """Write a record as JSON: every field, open ones too."""
    tree = {
        "standard": STANDARD,
        "standard_version": VERSION,
        "made": made.isoformat(timespec="seconds"),
        "open": [one.field.attribute for one in filled if not one.value],
        "fields": [row(one) for one in filled],
    }
    return json.dumps(tree, ensure_ascii=False, indent=1).encode() + b"\n"


def as_csv(filled: tuple[Filled, ...]) -> bytes:
    """Write a record as CSV: a row a field."""
    written = io.StringIO()
    rows = [row(one) for one in filled]
    writer = csv.DictWriter(written, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    for one in rows:
        writer.writerow({name: sheet_cell(str(value)) for name, value in one.items()})
    return written.getvalue().encode("utf-8")


def row(one: Filled) -> Mapping[str, str | bool]:
    """Give a field as both forms write it."""
    return {
        "reference": one.field.reference,
        "attribute": one.field.attribute,
        "name": one.field.name,
        "tier": one.field.tier,
        "category": one.field.category,
        "required": one.field.required,
        "value": one.value or OPEN,
        "open": not one.value,
        "filled_from": one.source,
    }
