"""Tables as Parquet: they come back equal, and what is not whole is refused."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from overt.errors import FactsError
from overt.facts.facts import Facts, empty, frame
from overt.facts.parquet import scan_facts, write_facts
from overt.facts.schema import TABLES


def facts_of(force: str, deployments: int) -> Facts:
    columns = {
        "force": [force] * deployments,
        "deployment": [f"{force}-{number}" for number in range(deployments)],
        "reason": ["too small"] * deployments,
        "faces": range(deployments),
    }
    tables = {**empty().tables(), "unfit": frame(TABLES["unfit"], columns)}
    return Facts(**tables)


def test_tables_come_back_equal(tmp_path: Path) -> None:
    facts = facts_of("one", 3)
    write_facts(tmp_path / "one", facts)
    back = scan_facts(tmp_path / "one").tables()
    for name, table in facts.tables().items():
        assert_frame_equal(table.collect(), back[name].collect())
    assert {path.name for path in tmp_path.iterdir()} == {"one"}


def test_forces_are_read_together(tmp_path: Path) -> None:
    write_facts(tmp_path / "one", facts_of("one", 3))
    write_facts(tmp_path / "two", facts_of("two", 4))
    (tmp_path / "truth.json").write_text("{}")
    (tmp_path / "papers").mkdir()
    (tmp_path / ".three.new").mkdir()
    facts = scan_facts(tmp_path)
    counted = facts.unfit.group_by(pl.col("force").cast(pl.String)).len().collect()
    assert dict(counted.iter_rows()) == {"one": 3, "two": 4}


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    write_facts(tmp_path / "one", facts_of("one", 3))
    (tmp_path / "one" / "alerts.parquet").unlink()
    with pytest.raises(FactsError, match=r"alerts\.parquet: got no such file") as caught:
        scan_facts(tmp_path)
    assert "copy it whole" in caught.value.hint


@pytest.mark.parametrize("kept", [0, 3, -1])
def test_a_table_cut_short_is_refused(tmp_path: Path, kept: int) -> None:
    write_facts(tmp_path / "one", facts_of("one", 3))
    path = tmp_path / "one" / "unfit.parquet"
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(FactsError, match=r"unfit\.parquet: got .*, want a whole Parquet file"):
        scan_facts(tmp_path / "one")


def test_another_type_is_refused(tmp_path: Path) -> None:
    write_facts(tmp_path / "one", facts_of("one", 3))
    path = tmp_path / "one" / "unfit.parquet"
    pl.read_parquet(path).with_columns(pl.col("faces").cast(pl.Int64)).write_parquet(path)
    with pytest.raises(FactsError, match=r"unfit\.parquet: .*column faces: got Int64, want UInt32"):
        scan_facts(tmp_path / "one")


def test_a_folder_that_is_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "mine").write_text("mine")
    with pytest.raises(FactsError, match="got a folder that is there"):
        write_facts(tmp_path / "one", facts_of("one", 3))
    assert (tmp_path / "one" / "mine").read_text() == "mine"


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match="got no table"):
        scan_facts(tmp_path)
    with pytest.raises(FactsError, match="want a folder of tables"):
        scan_facts(tmp_path / "nowhere")


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FactsError, match="want to write tables"):
        write_facts(tmp_path / "file" / "one", facts_of("one", 3))
    tables = {**facts_of("one", 1).tables()}
    # A table that fails only when it is read: the file that it lay in is gone.
    write_facts(tmp_path / "gone", facts_of("one", 3))
    facts = Facts(**{**tables, "unfit": scan_facts(tmp_path / "gone").unfit})
    (tmp_path / "gone" / "unfit.parquet").unlink()
    with pytest.raises(FactsError, match="want to write tables"):
        write_facts(tmp_path / "two", facts)
    assert {path.name for path in tmp_path.iterdir()} == {"file", "gone"}
