"""What is told of an event to who is not the auditor: hooks and the stream of the API.

No private text (it is a commitment in the record's bytes), and of an alert its id alone: what was
decided is not for who may still judge it. An alert that was made up to test operators is announced
as any other; the record tells which were.
"""

from __future__ import annotations

import json
from typing import Any, Final

from overt.values.alert_events import DecoyRaised
from overt.values.events import AlertRaised

__all__ = ["TOPIC", "announcement"]

TOPIC: Final = "overt"


def announcement(sequence: int, leaf: bytes) -> dict[str, Any]:
    """Make what is told of an event.

    Args:
        sequence: its place in the record.
        leaf: its canonical bytes.
    """
    event: dict[str, Any] = json.loads(leaf)
    kind, body = str(event["kind"]), dict[str, Any](event["body"])
    if kind == DecoyRaised.kind:
        kind = AlertRaised.kind
    return {
        "topic": f"{TOPIC}/{event['deployment']}/{kind}",
        "sequence": sequence,
        "id": event["id"],
        "at": event["at"],
        "deployment": event["deployment"],
        "kind": kind,
        "data": {"alert": body["alert"]} if body.get("alert") else body,
    }
