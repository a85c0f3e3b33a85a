"""The paper edition of an evaluation says what its page says."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from made_evaluations import record_of
from pypdf import PdfReader
from pypdf.generic import DictionaryObject
from test_clip_record import made as clips
from test_walked import made as walks

from overt.evaluation.render.blocks import Drawing, Heading, Table, blocks_in
from overt.evaluation.render.page import CURVES, page
from overt.evaluation.render.pdf import pdf
from overt.values.evaluation import Record


class Words(HTMLParser):
    """The words of a page outside its drawings and its style, read another way than there."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._within: list[str] = []
        self.feed(written)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - of the base class
        if tag in {"head", "svg"}:
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._within and self._within[-1] == tag:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if not self._within:
            self.found += data.split()


@pytest.fixture(scope="module")
def record() -> Record:
    return record_of(noise=0.3)


@pytest.fixture(scope="module")
def written(record: Record) -> bytes:
    return pdf(record)


def read(written: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(written))


def letters(text: str) -> str:
    return unicodedata.normalize("NFKC", re.sub(r"\s", "", text))


def text_of(reader: PdfReader) -> str:
    return letters("".join(each.extract_text() for each in reader.pages))


def assert_every_word(record: Record, written: bytes) -> None:
    text = text_of(read(written))
    words = Words(page(record)).found
    assert len(words) > 100
    assert [word for word in words if letters(word) not in text] == []


def test_every_word_of_the_page_is_on_paper(record: Record, written: bytes) -> None:
    assert_every_word(record, written)


@pytest.mark.parametrize("made", [clips, walks])
def test_every_word_of_other_protocols_is_on_paper(made: Callable[[], Record]) -> None:
    record = made()
    assert_every_word(record, pdf(record))


def test_equal_records_give_equal_bytes(record: Record, written: bytes) -> None:
    assert pdf(replace(record)) == written


def test_it_is_tagged_and_every_page_names_the_record(record: Record, written: bytes) -> None:
    reader = read(written)
    assert reader.metadata is not None
    assert reader.metadata.title == "Evaluation of made up 1"
    assert reader.xmp_metadata is not None
    assert "pdfuaid" in reader.xmp_metadata.stream.get_data().decode()
    for number, each in enumerate(reader.pages, start=1):
        assert f"page {number} of {len(reader.pages)}" in each.extract_text()
        assert record.sha256 in each.extract_text()
    things = [reader.get_object(number) for number in range(1, int(str(reader.trailer["/Size"])))]
    told = [
        str(each["/Alt"])
        for each in things
        if isinstance(each, DictionaryObject | dict) and "/Alt" in each
    ]
    assert [title for title in CURVES.values() if title not in told] == []


def test_what_comes_from_outside_is_set_as_it_is_written(record: Record) -> None:
    sly = '#panic("no") <svg>$x$</svg> left\u202eright 東京 <br>*bold*'
    text = text_of(read(pdf(replace(record, method=replace(record.method, data=sly)))))
    assert letters('#panic("no")<svg>$x$</svg>left\\u202eright[U+6771U+4EAC]<br>*bold*') in text
    assert "thepagebesideithasthem" in text


def test_blocks_keep_their_order_and_what_stands_out() -> None:
    blocks = blocks_in(page(record_of(noise=0.3, alike=1.2)))
    assert blocks[0] == replace(blocks[0], kind="heading")
    titles = ["".join(span.text for span in b.spans) for b in blocks if isinstance(b, Heading)]
    assert titles[:3] == ["Evaluation of made up 1", "What it cannot say", "Method"]
    tables = [block for block in blocks if isinstance(block, Table)]
    assert all(len(row) == len(table.heads or row) for table in tables for row in table.rows)
    marked = [
        cell[0].text
        for table in tables
        for row, marks in zip(table.rows, table.marked, strict=True)
        for cell, mark in zip(row, marks, strict=True)
        if mark
    ]
    assert marked
    assert set(marked) == {"differs"}
    assert all(block.svg.startswith("<svg") for block in blocks if isinstance(block, Drawing))
