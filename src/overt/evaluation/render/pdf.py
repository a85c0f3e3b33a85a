"""A record as a PDF for A4, block by block what the page says."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from importlib.resources import files
from typing import Final

from overt.errors import EvaluationError
from overt.evaluation.render.blocks import (
    Block,
    Drawing,
    Heading,
    Items,
    Spans,
    Table,
    Text,
    blocks_in,
)
from overt.evaluation.render.charts import FONT, WIDTH
from overt.evaluation.render.page import page
from overt.typeset.letters import FAMILIES, spelled
from overt.typeset.paper import BREAK, Json, loose, set_pdf
from overt.values.evaluation import Record

__all__ = ["pdf"]

NARROW, WIDE = 8, 30  # letters; a column is as wide as what it holds, within these
PROSE: Final = 60  # letters, of a column that holds sentences
BROKEN: Final = re.compile(rf"(\S*{BREAK}\S*)")  # a word that a line may end in
WHOLE: Final = 80  # letters, that a page is wide
WIDTH_OF: Final = re.compile(r'<svg [^>]*?\bwidth="([\d.]+)"')
AROUND: Final = 1.15  # of a drawing's width: axis and labels stand beside it


def pdf(record: Record) -> bytes:
    """Set a record; equal records give equal bytes.

    Raises:
        EvaluationError: it cannot be set.
    """
    template = files("overt.evaluation.render") / "templates" / "evaluation.typ"
    given = blocks_in(page(record))
    # Drawings hold no words from outside; as text they would be escaped.
    words = tuple(replace(each, svg="") if isinstance(each, Drawing) else each for each in given)
    blocks = spelled(words)
    return set_pdf(
        template.read_bytes(),
        given={
            "title": spelled(f"Evaluation of {record.model.name} {record.model.version}".strip()),
            "made": record.made,
            "software": spelled(record.software),
            "record": record.sha256,
            "families": FAMILIES,
            "respelled": blocks != words,
            "blocks": [
                {**_block(block, drawn), "leads": isinstance(following, Table)}
                for block, drawn, following in zip(blocks, given, (*blocks[1:], None), strict=True)
            ],
        },
        made=datetime.fromisoformat(record.made),
        error=EvaluationError,
        hint="write the page alone, without --pdf: it has the same figures",
    )


def _block(block: Block, drawn: Block) -> dict[str, Json]:
    """Give what the template sets; the drawing itself is of the block as it was."""
    match block:
        case Table():
            return {
                "kind": block.kind,
                "heads": [_spans(each) for each in block.heads],
                "rows": [[_spans(each) for each in row] for row in block.rows],
                "marked": block.marked,
                **_widths(block),
            }
        case Items():
            return {"kind": block.kind, "items": [_spans(each) for each in block.items]}
        case Drawing():
            svg = drawn.svg.replace(FONT, FAMILIES[0]) if isinstance(drawn, Drawing) else ""
            found = WIDTH_OF.search(svg)
            share = float(found[1]) / (WIDTH * AROUND) if found else 1.0
            alt = "".join(span.text for span in block.spans)
            return {
                "kind": block.kind,
                "spans": _spans(block.spans),
                "svg": svg,
                "alt": alt,
                "width": min(1.0, share),
            }
        case Heading():
            return {"kind": block.kind, "level": block.level, "spans": _spans(block.spans)}
        case Text():
            return {"kind": block.kind, "note": block.note, "spans": _spans(block.spans)}


def _spans(spans: Spans) -> list[Json]:
    """Give each part of a long word, between which a line may end, by itself."""
    return [
        {"kind": span.kind, "text": part, "boxed": BREAK in word}
        for span in spans
        for word in BROKEN.split(loose(span.text))
        for part in word.split(BREAK)
    ]


def _widths(table: Table) -> dict[str, Json]:
    """Share a page's width among columns by the longest line in each."""
    rows = [table.heads, *table.rows] if table.heads else list(table.rows)
    longest = [max(_longest(cell) for cell in column) for column in zip(*rows, strict=True)]
    widths = [PROSE if each > PROSE else min(WIDE, max(NARROW, each)) for each in longest]
    # A table of little is not drawn out: a row's name and its number stay in one glance.
    return {"widths": widths, "whole": sum(widths) >= WHOLE or max(longest) > WIDE}


def _longest(cell: Spans) -> int:
    """Count the letters of a cell's longest line."""
    text = "".join("\n" if span.kind == "break" else span.text for span in cell)
    return max(map(len, text.split("\n")))
