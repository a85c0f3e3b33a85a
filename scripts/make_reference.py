"""Write what the documentation takes from the code: the commands' help, and figures in tables.

    python scripts/make_reference.py            write the pages anew
    python scripts/make_reference.py --check    exit 1 and name the pages that are stale

A figure is a row of a table whose first cell names it in the code, `overt.track.passage.MIN_S`, or
a parameter's default, `overt.track.tracker.KalmanTracker(lost_s)`; its second cell is written here.
An example is the block of TOML below a comment that names its file. The table of a life cycle is
below a comment that names it in the code; that of who may ask what of the console is between two
comments.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import EnumType, StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final, cast, get_args, get_type_hints

from click.testing import CliRunner
from fastapi.routing import APIRoute, iter_route_contexts
from typer.main import get_command

from overt.cli.app import app
from overt.facts.published import HOURS, may_be_empty, withheld_columns
from overt.facts.schema import TABLES, Column, Table
from overt.records.codec import KINDS
from overt.values import events
from overt.values.account import Role
from overt.web import permissions
from overt.web.api.document import document
from overt.web.app import ROUTERS

ROOT: Final = Path(__file__).resolve().parent.parent
CLI_PAGE: Final = "docs/reference/cli.md"
API_PAGE: Final = "docs/reference/api.md"
FORM: Final = "multipart/form-data"
PLAIN: Final = {
    "boolean": "`true`, `false`",
    "null": "null",
    "integer": "a whole number",
    "number": "a number",
}
RECOGNITION_EVENTS: Final = events.__name__
COPIED: Final = re.compile(r"(<!-- from (\S+) -->\n```toml\n).*?(```)", flags=re.DOTALL)
MOVES: Final = re.compile(r"(<!-- moves of (\S+) -->\n).*?(<!-- end of moves -->)", flags=re.DOTALL)
PERMISSIONS: Final = re.compile(
    r"(<!-- permissions -->\n).*?(<!-- end of permissions -->)", flags=re.DOTALL
)
ROW: Final = re.compile(r"^\| `(overt\.[\w.]+(?:\(\w+\))?)` \| ([^|]*?) \|", flags=re.MULTILINE)
EVENTS_PAGE: Final = "docs/reference/review-events.md"
FIELD: Final = re.compile(r"^    (\w+): (.+?)(?:  # (.*))?$", flags=re.MULTILINE)
USUAL: Final = {
    "alert": "identifier of the alert",
    "by": "who did it",
    "reason": "why",
    "camera": "name of the camera",
}
EVENTS_HEAD: Final = """\
# Events of review

This page is written by `scripts/make_reference.py` from the code. These events say what people do \
about a deployment and its alerts: draft, brief, adjudicate, engage, delete. What recognition \
writes by itself: [events](events.md). Which of it all this version has: [overt](../index.md).

`Private` is text about a person.
"""
DATA_PAGE: Final = "docs/reference/open-data.md"
DATA_HEAD: Final = """\
# Open data

This page is written by `scripts/make_reference.py` from the code. These are the tables in the \
folder `data` of a [report](../guides/report.md), each as CSV and as Parquet; `datapackage.json` \
(Frictionless Tabular Data Package 1) and `NAME.schema.json` (JSON Schema 2020-12, one row) say \
the same to programs.

- CSV is UTF-8 with commas. A time is ISO 8601 in UTC, `2026-03-01T12:00:00.000000Z`. An empty \
cell did not happen or is not known. A text that a spreadsheet would take for a formula has an \
apostrophe before it; Parquet has it as it is.
- `key` marks the columns that tell a table's rows apart. `force` and `deployment` lead to the row \
of `deployments`, `force` and `alert` to that of `alerts`.
- Columns marked *withheld* are left empty, in every form, when the report withholds small numbers \
(`--suppress-below`).
- Minutes beyond a million are in Parquet alone; `hours` has them added up.
"""
API_HEAD: Final = """\
# API

This page is written by `scripts/make_reference.py` from the OpenAPI document, which the console \
serves at `/api/v1/openapi.json`. Addresses here begin with `/api/v1`. How to ask, and what \
answers look like: [console](../guides/console.md#let-programs-ask).
"""
HEAD: Final = """\
# Commands

This page is written by `scripts/make_reference.py` from what `overt COMMAND --help` prints. Data \
goes to standard output, everything else to standard error. How a command ends: \
[exit codes](exit-codes.md).
"""


def command_paths(command: object) -> Iterator[tuple[str, ...]]:
    """Give every command as its words, groups before what they hold."""
    waiting: list[tuple[tuple[str, ...], object]] = [((), command)]
    while waiting:
        words, found = waiting.pop(0)
        yield words
        held = cast("dict[str, object]", getattr(found, "commands", {}))
        waiting[:0] = [((*words, name), held[name]) for name in held]


@cache
def cli_page() -> str:
    """Give the page of all commands."""
    app.rich_markup_mode = None  # no boxes, whose shape depends on a terminal
    command: Any = get_command(app)  # made once: Typer's own runner makes it at every invocation
    runner = CliRunner()
    parts = [HEAD]
    for words in command_paths(command):
        shown = runner.invoke(command, [*words, "--help"], prog_name="overt", terminal_width=90)
        if shown.exit_code:
            raise RuntimeError(f"{words}: got exit code {shown.exit_code}, want 0")
        parts.append(f"## {' '.join(('overt', *words))}\n\n```text\n{shown.stdout.strip()}\n```\n")
    return "\n".join(parts)


@cache
def review_events_page() -> str:
    """Give the page of the events that people cause."""
    parts = [EVENTS_HEAD]
    for (kind, version), shape in sorted(KINDS.items()):
        if shape.type.__module__ == RECOGNITION_EVENTS:
            continue  # explained by hand, in events.md
        said = " ".join((inspect.getdoc(shape.type) or "").split("\n\n")[0].split())
        rows = [
            f"| `{name}` | `{escaped(kind_of)}` | {meaning(shape.type, name, comment)} |"
            for name, kind_of, comment in FIELD.findall(inspect.getsource(shape.type))
            if name in shape.fields
        ]
        table = "\n".join(("| field | type | meaning |", "|---|---|---|", *rows))
        parts.append(f"## {kind}\n\nVersion {version}. {said}\n\n{table}\n")
    return "\n".join(parts)


@cache
def open_data_page() -> str:
    """Give the page of every table that is published, and every column."""
    parts = [DATA_HEAD]
    for table in (*TABLES.values(), HOURS):
        rows = [
            f"| `{one.name}` | {kind_of_cell(table, one)} | {said(one)} |" for one in table.columns
        ]
        head = ("| column | holds | meaning |", "|---|---|---|")
        parts.append(f"## {table.name}\n\n{table.about}\n\n" + "\n".join((*head, *rows)) + "\n")
    return "\n".join(parts)


def kind_of_cell(table: Table, column: Column) -> str:
    """Say what a column holds, and what is special of it."""
    marks = {
        "key": column.name in table.key,
        "may be empty": may_be_empty(table, column),
        "*withheld*": column.name in withheld_columns(table),
    }
    return ", ".join([str(column.kind), *(mark for mark, is_so in marks.items() if is_so)])


def said(column: Column) -> str:
    """Say what a column means, and the values it can have."""
    among = ", ".join(f"`{value}`" for value in column.among)
    return escaped(f"{column.about}; {among}" if among else column.about)


def meaning(kind: type[object], name: str, comment: str) -> str:
    """Give what the code says of a field, and the values it can have, where they are named."""
    hint: object = get_type_hints(kind)[name]
    choices = [part for part in (hint, *get_args(hint)) if isinstance(part, EnumType)]
    listed = [f"`{member.value}`" for part in choices for member in cast("type[StrEnum]", part)]
    return "; ".join(part for part in (comment or USUAL.get(name, ""), ", ".join(listed)) if part)


def escaped(text: str) -> str:
    """Keep a bar from ending a table's cell."""
    return text.replace("|", "\\|")


def figure(name: str) -> str:
    """Give a constant or a parameter's default as text.

    Raises:
        ValueError: the code has nothing of that name.
    """
    dotted, _, parameter = name.rstrip(")").partition("(")
    value = lookup(dotted)
    if not parameter:
        return text_of(value)
    found = inspect.signature(value).parameters.get(parameter)  # pyright: ignore[reportArgumentType]: whatever it is, it says so when it is not callable
    if found is None or found.default is inspect.Parameter.empty:
        raise ValueError(f"{name}: got no default, want one")
    return text_of(cast("object", found.default))


def lookup(dotted: str) -> object:
    """Find a module's attribute, and attributes of that."""
    parts = dotted.split(".")
    for split in range(len(parts) - 1, 0, -1):
        try:
            value: object = importlib.import_module(".".join(parts[:split]))
        except ModuleNotFoundError:
            continue
        for part in parts[split:]:
            if not hasattr(value, part):
                raise ValueError(f"{dotted}: got nothing of that name, want a constant")
            value = getattr(value, part)
            if inspect.ismethod(value):  # Limits.for_listing, a constructor without arguments
                value = value()
        return value
    raise ValueError(f"{dotted}: got no module, want one")


def text_of(value: object) -> str:
    """Write a value as a reader expects it."""
    match value:
        case timedelta():
            seconds = value.total_seconds()
            return f"{seconds / 3600:g} h" if seconds >= 3600 else f"{seconds:g} s"
        case bool() | int():
            return str(value)
        case float():
            return f"{value:.2f}" if 0.1 <= value < 1 else f"{value:g}"
        case frozenset() | tuple():
            items = [str(item) for item in cast("tuple[object, ...]", value)]
            return ", ".join(sorted(items) if isinstance(value, frozenset) else items)
        case _:
            return str(value)


def with_figures(page: str) -> str:
    """Write every figure of a page anew."""
    return ROW.sub(lambda row: f"| `{row[1]}` | {figure(row[1])} |", page)


def with_copies(page: str, root: Path) -> str:
    """Copy the example files that a page shows into it anew."""
    return COPIED.sub(lambda m: m[1] + (root / m[2]).read_text(encoding="utf-8") + m[3], page)


def with_moves(page: str) -> str:
    """Write every life cycle's table anew."""
    return MOVES.sub(lambda m: m[1] + moves_table(lookup(m[2])) + m[3], page)


def moves_table(value: object) -> str:
    """Write a table of moves, a row for each state: what leads on, and what leaves it as it is."""
    moves = cast("Mapping[tuple[StrEnum, StrEnum], StrEnum]", value)
    rows = ["| state | leads on | stays |", "|---|---|---|"]
    for state in type(next(iter(moves.values()))):
        found = {action: to for (at, action), to in sorted(moves.items()) if at is state}
        on = "; ".join(f"{each} → **{to}**" for each, to in found.items() if to is not state)
        stays = "; ".join(str(each) for each, to in found.items() if to is state)
        if found or state in moves.values():
            rows.append(f"| **{state}** | {on} | {stays} |")
    return "\n".join(rows) + "\n"


@cache
def api_page() -> str:
    """Give the page of the API's operations and of what is sent to them."""
    described = document()
    parts = [API_HEAD]
    tags: dict[str, list[str]] = {}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            tags.setdefault(operation["tags"][0], []).append(
                operation_section(path, method, operation)
            )
    for tag, sections in tags.items():
        parts += [f"## {tag}\n", *sections]
    parts.append("## Bodies\n\nNothing that is not named here is taken.\n")
    sent = {
        content["schema"]["$ref"]
        for methods in described["paths"].values()
        for operation in methods.values()
        if (content := sent_as(operation, "application/json"))
    }
    for name in sorted(reference.rsplit("/", 1)[-1] for reference in sent):
        parts.append(body_section(name, described["components"]["schemas"]))
    return "\n".join(parts)


def sent_as(operation: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    """Give what an operation takes of a kind; nothing where it takes none of it."""
    return operation.get("requestBody", {}).get("content", {}).get(kind, {})


def operation_section(path: str, method: str, operation: Mapping[str, Any]) -> str:
    """Write one operation."""
    lines = [f"### {method.upper()} {path.removeprefix('/api/v1')}\n", operation["description"]]
    content, form = sent_as(operation, "application/json"), sent_as(operation, FORM)
    if form:
        fields = ", ".join(f"`{name}`" for name in form["schema"]["properties"])
        lines.append(f"\nA form with files (`{FORM}`): {fields}.")
    if content:
        name = content["schema"]["$ref"].rsplit("/", 1)[-1]
        lines.append(f"\nBody: [{name}](#{name.lower()}).")
    asked = [each for each in operation.get("parameters", ()) if each["in"] != "path"]
    named = [f"`{each['name']}`" for each in asked if each["name"] != "idempotency-key"]
    if named:
        lines.append(f"\nParameters: {', '.join(named)}.")
    return "\n".join(lines) + "\n"


def body_section(name: str, schemas: Mapping[str, Any]) -> str:
    """Write what one body holds."""
    schema = schemas[name]
    rows = ["| field | wanted | values |", "|---|---|---|"]
    for field, shape in schema["properties"].items():
        wanted = "yes" if field in schema.get("required", ()) else "no"
        rows.append(f"| `{field}` | {wanted} | {values_of(shape, schemas)} |")
    said = schema["description"]
    return f"### {name}\n\n{said}\n\n" + "\n".join(rows) + "\n"


def written_text(shape: Mapping[str, Any]) -> str:
    """Tell what a text may be."""
    if shape.get("format") == "date-time":
        return "a time with its zone"
    if "maxLength" not in shape:
        return f"text: `{shape['pattern']}`"
    return f"text, at most {shape['maxLength']} characters"


def values_of(shape: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    """Tell what a field may be."""
    if "$ref" in shape:
        return values_of(schemas[shape["$ref"].rsplit("/", 1)[-1]], schemas)
    if "properties" in shape:
        fields = shape["properties"].items()
        return ", ".join(f"`{name}` ({values_of(each, schemas)})" for name, each in fields)
    if "anyOf" in shape:
        return ", ".join(values_of(each, schemas) for each in shape["anyOf"])
    if "enum" in shape:
        return ", ".join(f"`{each}`" for each in shape["enum"])
    if shape["type"] == "array":
        return f"a list of: {values_of(shape['items'], schemas)}"
    return written_text(shape) if shape["type"] == "string" else PLAIN[shape["type"]]


def with_permissions(page: str) -> str:
    """Write the table of who may ask what anew."""
    return PERMISSIONS.sub(lambda m: m[1] + permissions_table() + m[2], page)


def permissions_table() -> str:
    """Write a row for each route: its address, and a cell for each role."""
    rows = [
        "| asked | " + " | ".join(Role) + " | nobody |",
        "|---|" + "---|" * (len(Role) + 1),
    ]
    for route in (each for router in ROUTERS for each in iter_route_contexts(router.routes)):
        if not isinstance(route.original_route, APIRoute) or not route.name or not route.methods:
            raise TypeError(f"got {route}, want a route of the console")
        access = permissions.PERMISSIONS[route.name]
        if isinstance(access, permissions.Open) and access is not permissions.Open.PUBLIC:
            cells = [access] + [""] * len(Role)
        elif isinstance(access, permissions.Bearer):
            cells = [f"token, `{access.scope}`" if role in access.roles else "" for role in Role]
            cells.append("")
        else:
            cells = ["yes" if permissions.may(role, route.name) else "" for role in Role]
            cells.append("yes" if access is permissions.Open.PUBLIC else "")
        asked = f"{', '.join(sorted(route.methods))} `{route.path}`"
        rows.append(f"| {asked} | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def pages(root: Path) -> dict[Path, str]:
    """Give every page that is made or holds a figure, with the text it should have."""
    made = {
        root / CLI_PAGE: cli_page(),
        root / EVENTS_PAGE: review_events_page(),
        root / API_PAGE: api_page(),
        root / DATA_PAGE: open_data_page(),
    }
    for path in sorted((root / "docs").rglob("*.md")):
        if path not in made:
            page = with_copies(path.read_text(encoding="utf-8"), root)
            made[path] = with_permissions(with_moves(with_figures(page)))
    return made


def main() -> int:
    """Write the pages, or only tell which are stale."""
    parser = argparse.ArgumentParser(description="write what the documentation takes from the code")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when stale")
    parser.add_argument("--root", type=Path, nargs="+", default=[ROOT], help="of the repository")
    given = parser.parse_args()
    stale = [
        (path, text)
        for root in given.root
        for path, text in pages(root).items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    for path, text in stale:
        sys.stderr.write(f"{'stale' if given.check else 'written'}: {path}\n")
        if not given.check:
            path.write_text(text, encoding="utf-8")
    if given.check and stale:
        sys.stderr.write("hint: run `python scripts/make_reference.py`\n")
    return 1 if given.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
