"""The paper edition says what the page says, in letters that are there, whatever a place's name."""

from __future__ import annotations

import io
import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import Destination, DictionaryObject
from report_examples import HOSTILE, UNSIGNED, facts_of, report_of, report_of_nothing

from overt.report.document.report import Report
from overt.report.document.wording import headline
from overt.report.render.brief import brief
from overt.report.render.pdf import pdf
from overt.typeset.letters import spelled


def read(report: Report) -> PdfReader:
    return PdfReader(io.BytesIO(pdf(report)))


def text_of(found: PdfReader) -> str:
    """Give the text, as a reader of words hears it: breaks of lines and of words are gone."""
    text = " ".join(page.extract_text() for page in found.pages)
    return unicodedata.normalize("NFKC", " ".join(text.replace("\u200b", "").split()))


def without_space(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.fixture(scope="module")
def usual() -> Report:
    return report_of(facts_of([f"Place {number}" for number in range(3)]))


@pytest.fixture(scope="module")
def usual_pdf(usual: Report) -> PdfReader:
    return read(usual)


def test_it_names_itself_and_its_language(usual: Report, usual_pdf: PdfReader) -> None:
    assert usual_pdf.metadata is not None
    assert usual_pdf.metadata.title == usual.title
    assert usual_pdf.metadata.author == usual.sources[0].force
    catalog = usual_pdf.root_object
    assert catalog["/Lang"] == "en-GB"
    assert "'/DisplayDocTitle': True" in str(catalog["/ViewerPreferences"])
    assert "'/Marked': True" in str(catalog["/MarkInfo"])
    metadata = usual_pdf.xmp_metadata
    assert metadata is not None
    assert "pdfuaid" in metadata.stream.get_data().decode()


def test_key_figures_stand_on_the_first_page(usual: Report, usual_pdf: PdfReader) -> None:
    first = without_space(usual_pdf.pages[0].extract_text())
    assert len(brief(usual)) == 6
    for figure in brief(usual):
        assert without_space(headline(figure.value)) in first
        assert figure.id in first


def test_every_figure_and_statement_is_there(usual: Report, usual_pdf: PdfReader) -> None:
    text = without_space(text_of(usual_pdf))
    for section in usual.sections:
        for figure in section.figures:
            assert figure.id in text
            assert without_space(headline(figure.value).replace("`", "")) in text
        for grid in section.grids:
            for name, _ in grid.rows:
                assert without_space(name) in text
        for statement in section.statements:
            assert without_space(statement.text) in text, statement.id


def test_every_page_has_its_number_and_the_root(usual: Report, usual_pdf: PdfReader) -> None:
    pages = len(usual_pdf.pages)
    assert 5 < pages < 20
    for number, page in enumerate(usual_pdf.pages, start=1):
        text = page.extract_text()
        assert f"page {number} of {pages}" in text
        assert usual.sources[0].root in text


def test_sections_are_bookmarks(usual: Report, usual_pdf: PdfReader) -> None:
    titles = [str(mark["/Title"]) for mark in usual_pdf.outline if isinstance(mark, Destination)]
    assert titles == [
        *("In brief", "Sources", "Contents", "How to read this"),
        *(section.title for section in usual.sections),
    ]


def test_every_chart_is_told_in_words(usual: Report) -> None:
    alts = [chart.alt for section in usual.sections for chart in section.charts]
    reader = read(usual)
    things = [reader.get_object(number) for number in range(1, int(str(reader.trailer["/Size"])))]
    found = [thing for thing in things if isinstance(thing, DictionaryObject)]
    told = [str(thing["/Alt"]) for thing in found if "/Alt" in thing]
    assert alts
    assert [alt for alt in alts if alt not in told] == []


def test_equal_reports_give_equal_bytes(usual: Report) -> None:
    assert pdf(usual) == pdf(usual)


def test_a_report_of_nothing_can_be_set() -> None:
    text = text_of(read(report_of_nothing()))
    assert "no figure" in text
    assert "No month has any face seen." in text


def test_hundreds_of_false_alerts_break_over_pages_with_their_heads() -> None:
    report = report_of(facts_of(alerts=210, false=200))
    pages = [page.extract_text() for page in read(report).pages]
    with_rows = [text for text in pages if "at adjudication" in text and "000a0" in text]
    assert len(with_rows) > 4
    assert [text for text in with_rows if "found false" not in text] == []
    rows = without_space(" ".join(pages))
    assert [n for n in range(200) if f"000a{n:04}" not in rows] == []


def test_a_name_like_a_command_is_a_name() -> None:
    text = without_space(text_of(read(report_of(facts_of(HOSTILE)))))
    for place in HOSTILE[:3]:
        assert without_space(place) in text
    assert r"left\u202eright\nand" in text
    assert [letter for letter in without_space("".join(HOSTILE[3:5])) if letter not in text] == []
    assert without_space(HOSTILE[5].replace("東京駅", "[U+6771 U+4EAC U+99C5]")) in text
    assert "thepagebesideithasthem" in text


def test_what_does_not_add_up_comes_first() -> None:
    report = report_of(facts_of(), sources=())
    assert not report.wrong()
    unsigned = report_of(facts_of(), sources=[UNSIGNED])
    first = without_space(read(unsigned).pages[0].extract_text())
    assert "▲Thisreportisnotfinal:1thingdoesnotaddup" in first
    assert "notcountedfromasignedledger" in first


@given(st.text(min_size=1, max_size=12))
@settings(max_examples=40)
def test_any_text_can_be_spelled_and_set(place: str) -> None:
    once = spelled((place,))
    assert spelled(once) == once
    assert all(letter.isprintable() for letter in once[0])


def test_latin_is_left_as_it_is() -> None:
    kept = "Église Saint-Étienne, Łódź \u2013 5 € → Ærøskøbing “x” £3 ≥ 0.6"
    assert spelled((kept,)) == (kept,)
    assert json.dumps(spelled(("東",))) == '["[U+6771]"]'
