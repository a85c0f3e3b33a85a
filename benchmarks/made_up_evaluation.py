"""An evaluation of nothing, with which a made-up deployment keeps every rule: figures made up."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from overt.inference.bundle import Bundle, Evaluation
from overt.values.evaluation import AtThreshold, Method, Model, OfGroup, OfSize, Record, Share

__all__ = ["made_up_evaluation"]

LISTED: Final = 1000
AT: Final = 0.60
SHOWN: Final = 0.40  # where false matches within groups are seen


def made_up_evaluation(bundle: Bundle) -> Evaluation:
    """Write down what nobody measured."""
    none, most = _share(0, 5000, 7e-4), _share(450, 500, 0.92, low=0.87)
    record = Record(
        made="2026-01-01T00:00:00+00:00",
        software="a benchmark",
        model=Model(bundle.name, bundle.version, bundle.evaluated, "made up"),
        method=Method(
            "photographs", "made up", "0" * 64, "test", 0, LISTED, LISTED, 6000, 5500, 500, 5000,
            500, 5000,
        ),
        columns=("group",),
        acquired=(),
        thresholds=(AtThreshold(0.64, 1.0, extrapolated=True, fpir=none, tpir=most,
                                tpir_of_all=most, fmr=none, calibrated_fpir=1e-4),),
        rates=(),
        sizes=(OfSize(LISTED, AT, none, 0.0, 1e-4),),
        groups=tuple(
            OfGroup("group", name, SHOWN, none, most, _share(40, 40_000, 1.2e-3, low=8e-4))
            for name in ("x", "y")
        ),
        bands=(),
        differences=(),
        worst=(),
        lines=(),
        limits=(),
        probes=(),
    )  # fmt: skip
    return Evaluation(Path("nowhere"), "0" * 64, record)


def _share(events: int, trials: int, high: float, *, low: float = 0.0) -> Share:
    return Share(events, trials, 500, events / trials, low, high, 0.95, "made up")
