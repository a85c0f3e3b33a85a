"""Reports within reports: no number that one withholds follows from all that are published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import product

import numpy as np
import polars as pl
import pytest
from builders import LIST_DIGEST
from hypothesis import example, given, settings
from hypothesis import strategies as st
from report_events import Life, known

from overt.facts.facts import Facts
from overt.report.document.figures import Count, Grid, Withheld
from overt.report.document.wording import headline
from overt.report.nested import Part, Path, nested_number, nested_rows
from overt.report.sections.engaged import engaged_grids
from overt.report.sections.lists import lists
from overt.report.withholding import withheld_note, withheld_rows
from overt.statistics.differencing import Equations, Unknown
from overt.values.demographics import Ethnicity
from overt.values.events import WatchlistComposed
from overt.values.review import Disposal, Finding
from overt.values.watchlist import Category

FEWEST = 5
MONTHS = [("f", "2026", f"{month:02}") for month in range(1, 13)]
YEARS = [("f", year, f"{month:02}") for year in ("2025", "2026") for month in range(1, 4)]


class Published:
    """Linear equations in every number there is, published or not."""

    def __init__(self) -> None:
        self._names: dict[object, int] = {}
        self._rows: list[dict[int, int]] = []

    def equation(self, terms: Mapping[object, int]) -> None:
        """Add one: the sum of these, each so often, is published."""
        places = {self._names.setdefault(one, len(self._names)): n for one, n in terms.items()}
        self._rows.append(places)

    def finds(self, wanted: Sequence[object]) -> list[object]:
        """Give those that the equations have one value for: the rank does not grow with them."""
        matrix = np.zeros((len(self._rows), len(self._names)))
        for at, places in enumerate(self._rows):
            matrix[at, list(places)] = list(places.values())
        _, values, right = np.linalg.svd(matrix)
        rank = int((values > 1e-9).sum())
        free = right[rank:]  # what may be added to a solution
        return [one for one in wanted if np.abs(free[:, self._names[one]]).max(initial=0) < 1e-9]


def tables_of(months: Mapping[Path, Part]) -> Iterator[tuple[Path, list[Path]]]:
    """Give every table that is published, each with its months."""
    for size in (3, 2, 0):
        for whole in sorted({path[:size] for path in months}):
            yield whole, [path for path in months if path[:size] == whole]


def found_rows(months: Mapping[Path, Part]) -> list[object]:
    """Publish all tables, and find small numbers by adding and subtracting, the slow way."""
    known, wanted = Published(), list[object]()
    for column in range(len(next(iter(months.values())).columns)):
        for whole, inside in tables_of(months):
            hidden = nested_rows({path: months[path] for path in inside}, fewest=FEWEST)
            of = {
                row: sum(months[path].columns[column][row] for path in inside)
                for row in months[inside[0]].columns[0]
            }
            left = sum(of[row] for row in hidden)
            known.equation({(column, whole, row): 1 for row in of})
            for row, number in of.items():
                parts = {(column, path, row): 1 for path in inside if path != whole}
                if parts:
                    known.equation({(column, whole, row): -1, **parts})
                if row not in hidden or left == 0:
                    known.equation({(column, whole, row): 1})
                elif number and (number < FEWEST or len(whole) == 3):
                    wanted.append((column, whole, row))
    return known.finds(wanted)


def months_of(
    paths: Sequence[Path], *, rows: int, columns: int
) -> st.SearchStrategy[dict[Path, Part]]:
    """Draw tables of months: mostly small numbers, and whole months without any."""
    number = st.one_of(st.just(0), st.integers(0, 4), st.integers(5, 30))
    column = st.lists(number, min_size=rows, max_size=rows)
    month = st.one_of(
        st.lists(column, min_size=columns, max_size=columns),
        st.just([[0] * rows] * columns),
    )
    return st.lists(month, min_size=1, max_size=len(paths)).map(
        lambda drawn: {
            path: Part(tuple({f"r{n}": x for n, x in enumerate(of)} for of in columns))
            for path, columns in zip(paths, drawn, strict=False)
        }
    )


@pytest.mark.parametrize("paths", [MONTHS[:6], YEARS], ids=["one-year", "two-years"])
def test_no_withheld_row_follows_from_months_and_years(paths: list[Path]) -> None:
    @settings(max_examples=50, deadline=None)
    @given(months_of(paths, rows=4, columns=2))
    def holds(months: dict[Path, Part]) -> None:
        assert found_rows(months) == []

    holds()


def test_each_report_by_itself_would_tell_a_withheld_row() -> None:
    """The slow way does find a number where only each report's own rows are withheld."""
    months = {
        MONTHS[0]: Part(({"white": 40, "black": 3, "asian": 9},)),
        MONTHS[1]: Part(({"white": 40, "black": 30, "asian": 20},)),
    }
    year = {"white": 80, "black": 33, "asian": 29}
    assert withheld_rows([year], fewest=FEWEST) == frozenset()
    assert withheld_rows(list(months[MONTHS[0]].columns), fewest=FEWEST) == {"black", "asian"}
    assert nested_rows(months, fewest=FEWEST) == {"black", "asian"}
    more = {**months, MONTHS[2]: Part(({"white": 40, "black": 2, "asian": 8},))}
    assert nested_rows(more, fewest=FEWEST) == frozenset()  # two months hide each other's
    assert nested_rows(more, fewest=0) == frozenset()


def table(**rows: int) -> Part:
    return Part((rows,))


def test_months_that_hide_few_people_together_hide_nothing() -> None:
    few = table(white=40, black=1, asian=9)
    months = dict(zip(MONTHS, [few, few, table(white=40, black=30, asian=20)], strict=False))
    assert nested_rows(months, fewest=FEWEST) >= {"black"}  # 32 less 30 are two of two months


def test_a_number_that_joins_two_rings_of_withheld_ones_is_not_told() -> None:
    """Each row is withheld in two months or more, and still one number would follow."""
    one = table(a=3, b=9, c=40, d=40)
    two = table(a=40, b=40, c=3, d=9)
    between = table(a=40, b=4, c=9, d=40)
    months = dict(zip(MONTHS, [one, one, two, two, between], strict=False))
    months[MONTHS[0]] = table(a=4, b=9, c=40, d=40)
    months[MONTHS[2]] = table(a=40, b=40, c=4, d=9)
    assert nested_rows(months, fewest=FEWEST)
    assert found_rows(months) == []


def test_a_month_with_nobody_in_it_hides_nothing() -> None:
    months = {
        MONTHS[0]: Part(({"white": 40, "black": 7, "asian": 3},)),
        MONTHS[1]: Part(({"white": 0, "black": 0, "asian": 0},)),
        MONTHS[2]: Part(({"white": 40, "black": 30, "asian": 20},)),
    }
    assert nested_rows(months, fewest=FEWEST) == {"black", "asian"}


def test_people_who_come_again_are_counted_once() -> None:
    def month(*black: str) -> Part:
        who = {"white": frozenset(map(str, range(9))), "black": frozenset(black)}
        who["not known"] = frozenset("xyzuv")
        passages = {"white": 90, "black": 10 * len(black), "not known": 50}
        return Part((passages,), who)

    same = {path: month("a", "b", "c", "d") for path in MONTHS[:3]}
    assert "black" in nested_rows(same, fewest=FEWEST)
    other = {path: month(*(f"{path[2]}{n}" for n in "abcd")) for path in MONTHS[:3]}
    assert "black" not in nested_rows(other, fewest=FEWEST)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 11), st.one_of(st.integers(0, 4), st.integers(0, 12))),
        min_size=1,
        max_size=7,
    )
)
@example([(0, 9), (0, 3), (1, 20)])  # a month that withholds, and a year that must
@example([(0, 6), (0, 1), (1, 6), (1, 1)])  # a year of two that could only be one and one
def test_no_small_number_of_a_list_follows(drawn: list[tuple[int, int]]) -> None:
    parts = {(*MONTHS[month], f"d{n}"): number for n, (month, number) in enumerate(drawn)}
    known, wanted = Published(), list[object]()
    for size in (0, 2, 3):
        for whole in {path[:size] for path in parts}:
            below = {path[: {0: 2, 2: 3, 3: 4}[size]] for path in parts if path[:size] == whole}
            known.equation({whole: -1, **dict.fromkeys(below, 1)})
            inside = {path: one for path, one in parts.items() if path[:size] == whole}
            if not (0 < sum(inside.values()) < FEWEST or nested_number(inside, fewest=FEWEST)):
                known.equation({whole: 1})
            elif 0 < sum(inside.values()) < FEWEST:
                wanted.append(whole)
    for path, one in parts.items():
        if 0 < one < FEWEST:
            wanted.append(path)
        else:
            known.equation({path: 1})
    assert known.finds(wanted) == []


@pytest.mark.parametrize("many", [1, 2, 3])
def test_a_sum_is_told_only_where_each_number_in_it_may_be_two(many: int) -> None:
    """Held to every way of adding up numbers from 1 to 4."""
    for numbers in product(range(1, FEWEST), repeat=many):
        ways = [one for one in product(range(1, FEWEST), repeat=many) if sum(one) == sum(numbers)]
        parts = {(*MONTHS[0], f"d{n}"): x for n, x in enumerate((*numbers, 50))}
        if not nested_number(parts, fewest=FEWEST):
            assert sum(numbers) >= FEWEST
            assert all(len({way[n] for way in ways}) > 1 for n in range(many))
    assert many == 1 or not nested_number(
        {(*MONTHS[0], f"d{n}"): x for n, x in enumerate((3,) * many)}, fewest=FEWEST
    )


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.one_of(st.none(), st.integers(0, 3))), max_size=9),
    st.data(),
)
def test_walking_the_graph_finds_what_the_equations_do(
    drawn: list[tuple[int, int | None]], data: st.DataObject
) -> None:
    unknown = [Unknown(table, total) for table, total in drawn]
    places = st.sets(st.sampled_from(range(len(unknown)))) if unknown else st.just(set[int]())
    wanted = data.draw(places)
    ends = [("a", one.table) for one in unknown] + [("b", one.total) for one in unknown]
    nodes = [node for node in dict.fromkeys(ends) if node != ("b", None)]
    matrix = np.array(
        [[n in {("a", e.table), ("b", e.total)} for e in unknown] for n in nodes], float
    ).reshape(len(nodes), len(unknown))
    sum_of = np.array([[float(n in wanted) for n in range(len(unknown))]])
    both = np.vstack([matrix, sum_of]) if unknown else sum_of
    rank = [int(np.linalg.matrix_rank(one)) if one.size else 0 for one in (matrix, both)]
    assert Equations(unknown).give(wanted) == (rank[0] == rank[1])


def record() -> Facts:
    """Two months: in the first few of one group were spoken to, and few children were listed."""
    made = Life()
    for name, white, black, asian, children in [("d1", 12, 3, 8, 2), ("d2", 14, 12, 21, 7)]:
        made.deployment(name, seen=1000)
        made.add(
            name,
            0,
            WatchlistComposed(LIST_DIGEST, {Category.COURTS: 20}, {Category.COURTS: children}),
        )
        codes = [Ethnicity.W1] * white + [Ethnicity.B1] * black + [Ethnicity.A1] * asian
        codes += [code for code in (Ethnicity.M1, Ethnicity.O9, Ethnicity.NS) for _ in range(9)]
        for n, code in enumerate(codes):
            made.alert(
                f"{name}-{n}",
                name,
                finding=Finding.TRUE,
                who=known(code),
                disposal=Disposal.ARREST,
            )
    facts = made.facts()
    second = pl.col("deployment").cast(pl.String) == "d2"
    moved = pl.when(second).then(pl.col("start") + timedelta(days=31)).otherwise(pl.col("start"))
    return replace(facts, deployments=facts.deployments.with_columns(moved.alias("start")))


def cells(grid: Grid, row: str) -> list[object]:
    """Give what a row says: numbers, and nothing where they are withheld."""
    (found,) = (values for name, values in grid.rows if name.startswith(row))
    return [one.value.number if isinstance(one.value, Count) else None for one in found]


def test_a_year_withholds_what_would_tell_a_month_and_says_why() -> None:
    facts = record()
    (first, second, year) = (
        engaged_grids(chosen, suppress_below=FEWEST)[0]
        for chosen in (facts.of_deployment("d1"), facts.of_deployment("d2"), facts)
    )
    assert cells(first, "Black") == cells(first, "Asian") == [None] * 3
    assert cells(second, "Black") == [12] * 3
    assert cells(second, "Asian") == [21] * 3
    assert cells(year, "Black") == [None] * 3  # 15, of which 12 are published
    assert cells(year, "Asian") == [None] * 3  # 29, of which 21 are
    assert cells(year, "White") == [26] * 3
    assert "a smaller number in a part of the period cannot be worked out: " in year.note
    assert "Black, African" in year.note.partition("worked out")[2]
    hidden = [one.value for _, row in year.rows for one in row if isinstance(one.value, Withheld)]
    assert {headline(one) for one in hidden} == {"withheld"}  # 15 are not fewer than 5


def test_rows_are_named_as_their_table_calls_them() -> None:
    columns = [{"white": 20, "black": 9, "aged-25-to-34": 8}]
    heads = {"white": "White", "aged-25-to-34": "25 to 34"}
    note = withheld_note(columns, {"white", "aged-25-to-34"}, fewest=FEWEST, heads=heads)
    assert note.endswith("cannot be worked out: White; 25 to 34.")


def test_a_sum_over_lists_withholds_what_would_tell_a_deployment() -> None:
    facts = record()
    (first, second, year) = (
        lists(chosen, suppress_below=FEWEST).grids[0]
        for chosen in (facts.of_deployment("d1"), facts.of_deployment("d2"), facts)
    )
    assert cells(first, "wanted by the courts") == [20, None, 0]
    assert cells(second, "wanted by the courts") == [20, 7, 0]
    assert cells(year, "wanted by the courts") == [40, None, 0]
    assert "a smaller number in a part of the period" in year.note
    assert "from 1 to 4" in first.note
    assert cells(lists(facts).grids[0], "wanted by the courts") == [40, 9, 0]
