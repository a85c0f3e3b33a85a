"""The truth of a clip as a file: what is read back, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from street import Street

from overt.errors import InputError
from overt.sources.truth_file import REQUIRED, read_truth, write_truth

HEAD = ",".join(REQUIRED)
ANN = "0,0.00,3,Ann,1,10,20,30,40,1"


def written(folder: Path, *lines: str, head: str = HEAD) -> Path:
    path = folder / "a.truth.csv"
    path.write_text("\n".join((head, *lines)) + "\n")
    return path


def test_what_is_written_is_read_back(street: Street, tmp_path: Path) -> None:
    write_truth(street.truth, tmp_path / "a.csv")
    read = read_truth(tmp_path / "a.csv")
    assert read.names == tuple(name.replace(" ", "_") for name in street.truth.names)
    assert read.listed == street.truth.listed
    assert np.array_equal(read.frames, street.truth.frames)
    assert np.array_equal(read.tracks, street.truth.tracks)
    for column, within in (("boxes", 0.051), ("times_s", 0.00051), ("visible", 0.00051)):
        assert np.abs(getattr(read, column) - getattr(street.truth, column)).max() <= within


def test_what_only_a_composer_knows_may_be_missing(tmp_path: Path) -> None:
    lines = ("1,0.04,3,Ann,1,12,20,30,40,0.5", ANN, "0,0.00,1,Bob,0,90,20,30,40,1.04")
    truth = read_truth(written(tmp_path, *lines))
    assert truth.names == ("Bob", "Ann")  # by the number of their tracks
    assert (truth.frames.tolist(), truth.tracks.tolist()) == ([0, 0, 1], [1, 0, 1])
    rows, corners = truth.corners_at(0)
    assert (rows.tolist(), corners.tolist()) == ([0, 1], [[10, 20, 40, 60], [90, 20, 120, 60]])
    assert len(truth.corners_at(2)[0]) == 0
    assert truth.visible.tolist() == [1, 1, 0.5]  # counted in pixels it came out over 1
    assert np.isnan(truth.blur_px).all()


def test_groups_are_read_where_they_are_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, f"{ANN},B1,40", head=f"{HEAD},ethnicity,age")
    truth = read_truth(path, groups=["age", "ethnicity"])
    assert (truth.columns, truth.groups) == (("age", "ethnicity"), (("40", "B1"),))
    with pytest.raises(InputError, match="got no column gender"):
        read_truth(path, groups=["gender"])


@pytest.mark.parametrize(
    ("lines", "got"),
    [
        ((), "got no face"),
        ((ANN.replace("0.00", "x"),), "line 2: got t_s 'x'"),
        ((ANN.replace("0.00", "nan"),), "got t_s 'nan'"),
        ((ANN.replace(",30,40,", ",0,40,"),), "got w '0', want more than 0"),
        ((ANN[:-1] + "1.2",), "got visible '1.2', want 0 to 1"),
        ((ANN[:-2],), "another number of cells"),
        ((ANN + ",5",), "another number of cells"),
        (("-1" + ANN[1:],), "got frame '-1', want a whole number"),
        ((ANN.replace("Ann,1", "Ann,yes"),), "in_watchlist 'yes', want a name, and 0 or 1"),
        ((ANN.replace("Ann", ""),), "got identity ''"),
        ((ANN, ANN), "line 3: got track 3 twice in frame 0"),
        ((ANN, "1" + ANN[1:].replace("Ann", "Bob")), "another identity"),
    ],
)
def test_a_line_that_is_wrong_is_named(tmp_path: Path, lines: tuple[str, ...], got: str) -> None:
    with pytest.raises(InputError) as error:
        read_truth(written(tmp_path, *lines))
    assert got in str(error.value)
    assert str(error.value).startswith("a.truth.csv")


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="got no column t_s, track") as error:
        read_truth(written(tmp_path, head="frame,x,y"))
    assert "evaluate.md" in error.value.hint
    with pytest.raises(InputError, match="want the clip's truth"):
        read_truth(tmp_path / "none.csv")
    (tmp_path / "b.csv").write_bytes(b"frame,\xff\n")
    with pytest.raises(InputError, match="want the clip's truth"):
        read_truth(tmp_path / "b.csv")
