"""Who is proposed: complete, from one folder, or refused with the line."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from builders import make_entry

from overt.errors import WatchlistError
from overt.governance.applications import COLUMNS, Grounds, from_csv, from_folder
from overt.governance.entries import entry_from, entry_to
from overt.values.watchlist import Category, Entry

ROW = {
    "file": "a.jpg",
    "reference": "R-1",
    "name": "Example, Ada",
    "category": "wanted by the courts",
    "source": "custody",
    "lawful_basis": "warrant",
    "reviewer": "DS R",
    "image_date": "2020-02-29",
    "expires": "2026-03-01T11:00:00+01:00",
}
GROUNDS = Grounds(Category.BLUE, "volunteers", "consent", "DS R")


def write(folder: Path, *rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> Path:
    path = folder / "list.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_complete_line_is_an_application(tmp_path: Path) -> None:
    (one,) = from_csv(write(tmp_path, ROW))
    assert one.file == tmp_path / "a.jpg"
    assert (one.entry.reference, one.entry.name) == ("R-1", "Example, Ada")
    assert one.entry.category is Category.COURTS
    assert one.entry.image_date == date(2020, 2, 29)
    assert one.entry.expires == datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_dates_may_be_left_out(tmp_path: Path) -> None:
    (one,) = from_csv(write(tmp_path, ROW, columns=COLUMNS[:7]))
    assert one.entry.image_date is one.entry.expires is None
    (other,) = from_csv(write(tmp_path, ROW | {"image_date": "", "expires": ""}))
    assert other.entry.image_date is other.entry.expires is None


def test_who_needs_care_is_told(tmp_path: Path) -> None:
    more = {"under_18": "yes", "vulnerable": "no", "exception": "Supt S", "relatives": "twin R-9"}
    (one,) = from_csv(write(tmp_path, ROW | more))
    entry = one.entry
    assert (entry.under_18, entry.vulnerable) == (True, False)
    assert (entry.exception, entry.relatives) == ("Supt S", "twin R-9")
    assert entry.cautions == (
        "a close relative or twin is known: see the entry",
        "listed person is under 18",
    )


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    path = write(tmp_path, ROW)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    (one,) = from_csv(path)
    assert one.file.name == "a.jpg"


@pytest.mark.parametrize("column", COLUMNS[:7])
def test_a_missing_column_is_refused(tmp_path: Path, column: str) -> None:
    path = write(tmp_path, ROW, columns=tuple(name for name in COLUMNS if name != column))
    with pytest.raises(WatchlistError, match=r"list\.csv: got columns .*, want .*"):
        list(from_csv(path))


@pytest.mark.parametrize("columns", [(*COLUMNS, "age"), (*COLUMNS, "file"), ()])
def test_an_unknown_or_double_column_is_refused(tmp_path: Path, columns: tuple[str, ...]) -> None:
    with pytest.raises(WatchlistError, match="got columns"):
        list(from_csv(write(tmp_path, ROW, columns=columns)))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("category", "suspicious", "want a category of"),
        ("category", "", "want a category of"),
        ("image_date", "29.2.2020", "dates as"),
        ("image_date", "2021-02-29", "dates as"),
        ("expires", "2026-03-01T10:00:00", "without a time zone"),
        ("expires", "2026-03-01", "without a time zone"),
        ("expires", "soon", "times as"),
        ("under_18", "true", "'true' where yes or no is said"),
        ("vulnerable", "YES", "yes or no"),
        ("under_18", "yes", "under 18 without an exception"),
        ("vulnerable", "yes", "vulnerable without an exception"),
        *[(name, " ", f"got no {name}") for name in COLUMNS[1:7] if name != "category"],
    ],
)
def test_a_wrong_cell_names_its_line(tmp_path: Path, field: str, value: str, said: str) -> None:
    path = write(tmp_path, ROW, ROW | {field: value})
    with pytest.raises(WatchlistError, match=rf"list\.csv line 3: .*{said}"):
        list(from_csv(path))


HOSTILE = [
    "../a.jpg",
    "/etc/passwd",
    "sub/a.jpg",
    "..",
    ".",
    "",
    ".hidden.jpg",
    "a\nb.jpg",
    "a\x00b.jpg",
    "a\x1b[31m.jpg",
    "\u202egpj.a",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(WatchlistError, match=r"line \d+: got file .*, want the name of a file"):
        list(from_csv(write(tmp_path, ROW | {"file": name})))


def test_too_many_and_too_few_cells_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, ROW)
    path.write_text(path.read_text() + "b.jpg,R-2,Example, Ada,blue list,a,b,c,,,,,,,,\n")
    with pytest.raises(WatchlistError, match="line 3: got more cells than columns"):
        list(from_csv(path))
    path = write(tmp_path, ROW)
    path.write_text(path.read_text() + "b.jpg,R-2,Ada,blue list\n")
    with pytest.raises(WatchlistError, match=r"line 3: .*got no source"):
        list(from_csv(path))


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"\xff\xd8\xff\xe0 no text")
    with pytest.raises(WatchlistError, match="want a CSV file in UTF-8"):
        list(from_csv(path))
    with pytest.raises(WatchlistError, match="want a CSV file in UTF-8"):
        list(from_csv(tmp_path / "none.csv"))


def test_a_folder_is_read_by_name(tmp_path: Path) -> None:
    for name in ("b.JPG", "a_c.png", "notes.txt"):
        (tmp_path / name).touch()
    first, second = from_folder(tmp_path, GROUNDS)
    assert (first.entry.reference, first.entry.name) == ("a_c", "a c")
    assert (second.entry.reference, second.file.name) == ("b", "b.JPG")
    assert first.entry.reviewer == "DS R"


def test_a_folder_without_photographs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WatchlistError, match="got no photograph"):
        list(from_folder(tmp_path, GROUNDS))
    with pytest.raises(WatchlistError, match="got no folder"):
        list(from_folder(tmp_path / "none", GROUNDS))


ENTRIES = [
    make_entry(),
    make_entry(expires=datetime(2026, 3, 1, tzinfo=UTC), warnings=("looks like X", "and Y")),
    make_entry(name='Zoë "Z"\n李'),
    replace(make_entry(), under_18=True, vulnerable=True, exception="why", relatives="a twin"),
]


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_comes_back_as_it_was(entry: Entry) -> None:
    assert entry_from(dict(entry_to(entry)), file="list") == entry


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("image_date", "tomorrow"),
        ("expires", "2026-03-01T10:00:00"),
        ("category", "none"),
        ("warnings", "x"),
        ("warnings", [1]),
        ("name", 1),
        ("age", 3),
        ("under_18", "yes"),
        ("vulnerable", 1),
        ("relatives", ""),
    ],
)
def test_a_damaged_entry_is_refused(key: str, value: object) -> None:
    content: dict[str, object] = {**entry_to(make_entry()), key: value}
    with pytest.raises(WatchlistError, match=rf"list: .*{key}.*, want"):
        entry_from(content, file="list")


@pytest.mark.parametrize("key", list(entry_to(make_entry())))
def test_an_entry_that_is_not_whole_is_refused(key: str) -> None:
    content: dict[str, object] = {k: v for k, v in entry_to(make_entry()).items() if k != key}
    with pytest.raises(WatchlistError, match=f"list: {key}: got nothing"):
        entry_from(content, file="list")
