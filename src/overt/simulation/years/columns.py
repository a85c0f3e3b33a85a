"""Arrays as columns of tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from overt.arrays import I64

__all__ = ["names", "one", "times", "words"]


def words(values: Sequence[str], rows: I64) -> pl.Series:
    """Take each row's text; a row below 0 is empty."""
    texts = pl.Series([*values, None], dtype=pl.String)
    return texts.gather(np.where(rows < 0, len(values), rows))


def names(values: Sequence[str], rows: I64) -> pl.Series:
    """Take each row's name, of few."""
    return pl.Series(values, dtype=pl.Categorical()).gather(rows)


def one(name: str, length: int) -> pl.Series:
    """Repeat a name."""
    return names([name], np.zeros(length, dtype=np.int64))


def times(at: I64) -> pl.Series:
    """Read microseconds since 1970 as times in UTC; `deployments.NEVER` is empty."""
    return pl.Series(at.view("datetime64[us]")).dt.replace_time_zone("UTC")
