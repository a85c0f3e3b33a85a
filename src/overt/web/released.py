"""What is published: the site that `overt publish` writes, shown to anybody by the console."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from overt.errors import MissingError, ReportError

__all__ = ["INDEX", "KINDS", "OWN", "Released", "file_of_site", "released"]

SITE: Final = "site.json"
INDEX: Final = "index.html"
OWN: Final = frozenset({SITE, INDEX, "verify.html"})  # of the site, in the folder itself
LONGEST: Final = 500  # characters of a path
KINDS: Final = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".csv": "text/csv; charset=utf-8",
    ".pdf": "application/pdf",
    ".parquet": "application/vnd.apache.parquet",
    ".svg": "image/svg+xml",
    ".tsr": "application/timestamp-reply",
    ".txt": "text/plain; charset=utf-8",
}
MORE: Final = {
    ".note": "text/plain; charset=utf-8",
    ".atom": "application/atom+xml",
    ".xml": "application/xml",
}


@dataclass(frozen=True, slots=True)
class Released:
    """A version of a report that is published, as the site lists it."""

    title: str
    report: str  # the folder of its newest version, within the site
    folder: str  # of this version
    number: int
    made: datetime
    sha256: str  # of its report.json
    record: str  # that it was counted from
    is_current: bool
    wrong: int  # statements of it that say what does not add up

    @property
    def deployment(self) -> str:
        """Give the id of the deployment that it is of; "" where it is of a period."""
        kind, _, name = self.report.partition("/")
        return name if kind == "deployments" else ""

    @property
    def period(self) -> str:
        """Give the month or the year that it is of; "" where it is of a deployment."""
        kind, _, name = self.report.partition("/")
        return name if kind == "periods" else ""


class Version(BaseModel):
    """A version, as the site writes it."""

    version: Annotated[int, Field(ge=1)]
    folder: str
    made: AwareDatetime
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    record: str
    wrong: Annotated[int, Field(ge=0)]


class Report(BaseModel):
    """A report, as the site writes it."""

    folder: str
    title: str
    versions: list[Version]


class Site(BaseModel):
    """What the site writes of itself."""

    reports: list[Report]


def released(folder: Path | None) -> tuple[Released, ...]:
    """List every version of every report of a folder's site, the newest first.

    Raises:
        ReportError: it is not what overt writes.
    """
    if folder is None or not (folder / SITE).is_file():
        return ()
    try:
        site = Site.model_validate_json((folder / SITE).read_bytes())
    except (OSError, ValidationError) as error:
        raise ReportError(
            f"{SITE}: got what cannot be read, want what `overt publish` writes",
            hint="publish again into this folder, or restore it",
        ) from error
    found = [
        Released(
            title=report.title,
            report=report.folder,
            folder=one.folder,
            number=one.version,
            made=one.made,
            sha256=one.sha256,
            record=one.record,
            is_current=one is report.versions[-1],
            wrong=one.wrong,
        )
        for report in site.reports
        for one in report.versions
    ]
    return tuple(sorted(found, key=lambda one: (one.made, one.folder), reverse=True))


def file_of_site(folder: Path | None, path: str) -> tuple[Path, str]:
    """Find a file of the site by its address there, and its kind; a folder gives its page.

    Raises:
        MissingError: there is none.
    """
    parts = PurePosixPath(path or INDEX).parts
    plain = len(path) <= LONGEST and all(
        part.isprintable() and not part.startswith(".") and "\\" not in part for part in parts
    )
    if folder is not None and plain and not path.startswith("/") and (folder / SITE).is_file():
        found = folder.joinpath(*parts)
        found = found / INDEX if found.is_dir() else found
        kind = (KINDS | MORE).get(found.suffix)
        # A link could lead out of the folder, also one of the folders on the way.
        if (
            kind is not None
            and found.is_file()
            and found.resolve() == folder.resolve() / (found.relative_to(folder))
        ):
            return found, kind
    raise MissingError("file: got an address that is not published, want one that is")
