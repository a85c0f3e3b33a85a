"""`overt alert decoy` and `overt alert agreement`: whether operators still look."""

from __future__ import annotations

import json
import random
from collections.abc import Generator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from overt.cli.alert import desks
from overt.cli.recording import opened_record
from overt.clock import SystemClock
from overt.governance.decoy_file import read_decoy
from overt.report.evidence import pack
from overt.review.alert_record import AlertRecord
from overt.review.decoys import Decoy, DecoyResults, decoy_results
from overt.review.unjudged import Agreement
from overt.review.unjudged import agreement as agreement_of
from overt.statistics.agreement import Kappa
from overt.statistics.estimate import NoTrials, Rate
from overt.statistics.intervals import rate
from overt.wiring import make_decoys, make_desk, make_office, open_models

__all__ = ["agreement", "decoy"]

ABOVE: Final = 0.05  # of the threshold, at most, where no similarity is given
HIGHEST: Final = 0.999  # of a similarity that is drawn


def decoy(
    deployment: Annotated[str, typer.Argument(help="id of the deployment, which runs")],
    file: Annotated[Path, typer.Argument(help="the decoy's TOML file, beside its photographs")],
    *,
    by: Annotated[str, typer.Option(help="who supervises the operators, and judges nothing here")],
    bundle: Annotated[str, typer.Option(help="the model bundle that it runs with")] = "default",
) -> None:
    """Put one made-up alert before the operators, to see whether they look; print its id.

    Of people who agreed alone. Until it is judged it looks like a real one; it is never counted.
    Who puts one in judges no alert of this deployment, and who judges puts none in.
    """
    asked = read_decoy(file)
    with opened_record() as (settings, store):
        clock = SystemClock()
        record = make_office(settings, store=store, clock=clock).deployment(deployment)
        desk = make_desk(settings, deployment, store=store, clock=clock)
        models = open_models(bundle, settings=settings)
        pretended = make_decoys(models.opened).make(asked)
        threshold = record.threshold or 0.0  # where none is in force it is refused below
        similarity = asked.similarity or _drawn(threshold)
        made = Decoy(
            camera=asked.camera,
            category=asked.entry.category,
            similarity=similarity,
            shots=len(asked.probes),
            flags=pretended.flags(above=similarity - threshold),
            agreed=asked.agreed,
        )
        point = models.scale.operating_point(threshold, listed=1)

        def prepare(alert: str, time: datetime) -> bytes:
            shown = pretended.alert(
                alert, camera=made.camera, time=time, similarity=similarity, point=point
            )
            return pack(shown, pretended.photo)

        print(desk.insert_decoy(prepare, made, by=by))


def agreement(
    deployment: Annotated[str | None, typer.Argument(help="of this one alone, by its id")] = None,
    *,
    as_data: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Tell how far blind second opinions agree with the first, and how decoys were judged.

    Nobody is named. Decoys that still wait are not told.
    """
    with opened_record() as (settings, store):
        records = [
            record for desk in desks(settings, store, deployment) for record in desk.alerts()
        ]
    if as_data:
        print(json.dumps(_as_json(agreement_of(records), decoy_results(records)), indent=2))
        return
    for name, value in _told(records):
        print(f"{name}\t{value}")


def _drawn(threshold: float) -> float:
    """Draw a similarity as real alerts have it: most lie just above the threshold."""
    return min(random.SystemRandom().uniform(threshold, threshold + ABOVE), HIGHEST)


def _told(records: list[AlertRecord]) -> Generator[tuple[str, str]]:
    found, decoys = agreement_of(records), decoy_results(records)
    yield "judged twice", f"{found.pairs} alerts, the second time blind"
    yield "judged alike", _share(rate(found.agreed, found.pairs, of="alerts judged twice"))
    yield "both engage", str(found.both_engage)
    yield "both reject", str(found.both_reject)
    yield "only the first engages", str(found.first_engages)
    yield "only the second engages", str(found.second_engages)
    yield "Cohen's kappa", _kappa(found.kappa)
    yield "decoys judged", str(decoys.judged)
    rejected, engaged = (
        _share(rate(count, decoys.judged, of="decoys judged"))
        for count in (decoys.rejected, decoys.engaged)
    )
    yield "decoys rejected", rejected
    after_nobody = ": officers would have been sent after nobody" if decoys.engaged else ""
    yield "decoys engaged", f"{engaged}{after_nobody}"


def _share(found: Rate | NoTrials) -> str:
    if isinstance(found, NoTrials):
        return f"no figure: there are no {found.of}"
    return (
        f"{found.events} of {found.trials} "
        f"({found.level:.0%} interval {found.low:.0%} to {found.high:.0%}, {found.method})"
    )


def _kappa(found: Kappa | NoTrials) -> str:
    if isinstance(found, NoTrials):
        return f"no figure: there are no {found.of}"
    return (
        f"{found.value:.2f}, of {found.pairs} alerts ({found.level:.0%} interval "
        f"{found.low:.2f} to {found.high:.2f}); 1 is always alike, 0 as by chance alone"
    )


def _as_json(found: Agreement, decoys: DecoyResults) -> dict[str, object]:
    kappa = found.kappa
    return {
        "second_opinions": {
            "pairs": found.pairs,
            "both_engage": found.both_engage,
            "both_reject": found.both_reject,
            "first_alone_engages": found.first_engages,
            "second_alone_engages": found.second_engages,
            "kappa": None
            if isinstance(kappa, NoTrials)
            else {
                "value": kappa.value,
                "pairs": kappa.pairs,
                "low": kappa.low,
                "high": kappa.high,
                "level": kappa.level,
                "method": kappa.method,
            },
        },
        "decoys": {
            "judged": decoys.judged,
            "rejected": decoys.rejected,
            "engaged": decoys.engaged,
        },
    }
