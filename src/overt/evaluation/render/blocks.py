"""The page of an evaluation in blocks, for paper: what one says, the other says.

The page is the only description of what is shown. It is our own HTML, in which everything that
came from outside is escaped; it is read back here, tables, words and drawings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final, TypeAlias

__all__ = ["Block", "Drawing", "Heading", "Items", "Span", "Spans", "Table", "Text", "blocks_in"]

SVG: Final = re.compile(r"<svg.*?</svg>", re.DOTALL)
BODY: Final = re.compile(r"<body>(.*)</body>", re.DOTALL)
HEADINGS: Final = {"h1": 0, "h2": 1, "h3": 2}
HOLD_TEXT: Final = {*HEADINGS, "p", "li", "th", "td", "figcaption"}


@dataclass(frozen=True, slots=True)
class Span:
    """Letters of one kind."""

    kind: str  # "plain", "code", "small", "break" (a new line, no letters)
    text: str


NEW_LINE: Final = Span("break", "")
Spans: TypeAlias = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; 0 is the title."""

    level: int
    spans: Spans
    kind: str = "heading"


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    spans: Spans
    note: bool
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Spans, ...]
    kind: str = "items"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `heads` is empty where the first column says what each row is."""

    heads: tuple[Spans, ...]
    rows: tuple[tuple[Spans, ...], ...]
    marked: tuple[tuple[bool, ...], ...]  # whether a cell stands out
    kind: str = "table"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing with its title."""

    spans: Spans
    svg: str
    kind: str = "drawing"


Block: TypeAlias = Heading | Text | Items | Table | Drawing


def blocks_in(page: str) -> tuple[Block, ...]:
    """Read a page of ours."""
    found = BODY.search(page)
    body = found[1] if found else page
    reader = _Reader(SVG.findall(body))
    reader.feed(SVG.sub("<img>", body))
    reader.close()
    return tuple(reader.blocks)


@dataclass(slots=True)
class _Rows:
    """A table while it is read."""

    heads: tuple[Spans, ...] = ()
    rows: list[tuple[Spans, ...]] = field(default_factory=list[tuple[Spans, ...]])
    marked: list[tuple[bool, ...]] = field(default_factory=list[tuple[bool, ...]])


class _Reader(HTMLParser):
    """Collects blocks."""

    def __init__(self, drawings: list[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._drawings = iter(drawings)
        self._spans: list[Span] = []
        self._kinds: list[str] = []  # of the letters that come, the innermost last
        self._class = ""
        self._cell = False
        self._items: list[Spans] = []
        self._rows = _Rows()
        self._cells: list[Spans] = []
        self._marks: list[bool] = []
        self._head = False
        self._caption: Spans = ()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        match tag:
            case "small" | "code":
                if tag == "small" and self._cell and self._spans and not self._broken:
                    self._spans.append(NEW_LINE)  # as the page's style has it
                self._kinds.append(tag)
            case "br":
                self._spans.append(NEW_LINE)
            case "img":
                self.blocks.append(Drawing(self._caption, next(self._drawings)))
            case "table":
                self._rows = _Rows()
            case "thead":
                self._head = True
            case "tr":
                self._cells, self._marks = [], []
            case "ul":
                self._items = []
            case _ if tag in HOLD_TEXT:
                self._spans, self._kinds = [], []
                self._cell = tag in {"th", "td"}
                self._class = dict(attrs).get("class") or ""
            case _:
                pass

    def handle_data(self, data: str) -> None:
        text = re.sub(r"\s+", " ", data)
        if self._kinds or text.strip() or self._spans:
            kind = "code" if "code" in self._kinds else self._kinds[-1] if self._kinds else "plain"
            self._spans.append(Span(kind, text))

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "small" | "code":
                self._kinds.pop()
            case "th" | "td" | "tr" | "thead" | "table":
                self._end_of_table(tag)
            case "li":
                self._items.append(self._taken())
            case "ul":
                self.blocks.append(Items(tuple(self._items)))
            case "p":
                self.blocks.append(Text(self._taken(), self._class == "note"))
            case "figcaption":
                self._caption = self._taken()
            case _ if tag in HEADINGS:
                self.blocks.append(Heading(HEADINGS[tag], self._taken()))
            case _:
                pass

    def _end_of_table(self, tag: str) -> None:
        """End a table, or a part of one."""
        match tag:
            case "tr" if self._head:
                self._rows.heads = tuple(self._cells)
            case "tr":
                self._rows.rows.append(tuple(self._cells))
                self._rows.marked.append(tuple(self._marks))
            case "thead":
                self._head = False
            case "table":
                rows = self._rows
                self.blocks.append(Table(rows.heads, tuple(rows.rows), tuple(rows.marked)))
            case _:
                self._cells.append(self._taken())
                self._marks.append(self._class == "differs")

    @property
    def _broken(self) -> bool:
        return bool(self._spans) and self._spans[-1] is NEW_LINE

    def _taken(self) -> Spans:
        """Give what was written since the last block, without blanks at its ends."""
        spans, self._spans = self._spans, []
        if spans:
            spans[0] = Span(spans[0].kind, spans[0].text.lstrip(" "))
            spans[-1] = Span(spans[-1].kind, spans[-1].text.rstrip(" "))
        return tuple(span for span in spans if span.text or span.kind == "break")
