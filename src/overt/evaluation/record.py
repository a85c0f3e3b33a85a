"""The record that an evaluation writes: a value, as bundles carry it (`values.evaluation`)."""

from __future__ import annotations

from overt.inference.evaluation_file import read_record, schema, write_record
from overt.values.evaluation import (
    Acquired,
    AtRate,
    AtThreshold,
    Band,
    Difference,
    Line,
    Method,
    Model,
    OfGroup,
    OfSize,
    Probe,
    Record,
    Worst,
)

__all__ = [
    "Acquired",
    "AtRate",
    "AtThreshold",
    "Band",
    "Difference",
    "Line",
    "Method",
    "Model",
    "OfGroup",
    "OfSize",
    "Probe",
    "Record",
    "Worst",
    "read_record",
    "schema",
    "write_record",
]
