"""The examples: their figures to the printed digits, at 80 columns, as data and as a page."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from claim_texts import claim, written
from commands import Commands

from overt.report.claims.checked import Finding
from overt.report.claims.checking import Outcome, check_claims
from overt.report.claims.claim_file import Kind, read_claims
from overt.report.claims.data import as_data
from overt.report.claims.lines import lines
from overt.report.claims.page import page

EXAMPLES = ["met-2025", "met-2020-02-27", "met-2022-01-28", "essex-2025", "croydon-2025"]
# Without what only an extra brings: a module set to None cannot be imported.
WITHOUT_EXTRA = """
import sys
for name in ("altair", "jinja2", "polars", "typst", "vl_convert"):
    sys.modules[name] = None
from overt.cli.app import main
main()
"""


def outcome(root: Path, name: str) -> Outcome:
    return check_claims(read_claims(root / f"examples/claims/{name}.toml"))


def shown(of: Outcome) -> str:
    return "\n".join(line.text for line in lines(of))


@pytest.fixture(scope="module")
def year(root: Path) -> Outcome:
    return outcome(root, "met-2025")


def test_every_example_is_here(root: Path) -> None:
    assert sorted(path.stem for path in (root / "examples/claims").iterdir()) == sorted(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_read_and_fits_a_terminal(root: Path, name: str) -> None:
    found = [line.text for line in lines(outcome(root, name))]
    assert [line for line in found if len(line) > 80 or line != line.rstrip()] == []
    assert found[-1].endswith(".")


def test_the_printed_digits_of_the_reference_case(year: Outcome) -> None:
    text = " ".join(shown(year).split())
    for want in (
        "1 in 314,744 (1 in 656,346 to 1 in 171,146)",
        "10 of 2,077 alerts, 0.481 % (0.231-0.884 %)",
        "6 of 10 false alerts, 60 %",
        "549 + 347 + 85 = 981 against 962 arrests: 19 more.",
        "At least about 44.4 % and at most about 97.5 %",
        "80 % (44.4-97.5 %)",
        "13.5 % 0.0000038 significant",
        "30 % 0.0016 significant",
        "40 % 0.018 significant",
        "50 % 0.109 not significant",
        "50 % 210 77 35 17 12",
        "13.5 % 380 125 45 20 8",
        "0.60 7 8.23 times 5.85 %",  # the power to see a ratio of 2: about 6 %
        "962 / 2,077 alerts = 46.3 % (44.2-48.5 %)",
        "15,505 faces, 10.2 alerts, 0.0493 false alerts, 4.74 arrests",
        "none was an unnecessary arrest",
        "At least 241 of the 962 arrests",
    ):
        assert want in text, want


def test_what_was_found_stands_first_and_last(year: Outcome) -> None:
    found = [line.text for line in lines(year) if line.text]
    assert found[3:6] == [
        "16 claims: 1 does not add up, 10 cannot be checked, 5 follow (3 of them mislead",
        "without more).",
        "DOES NOT ADD UP",
    ]
    assert found[-2:] == found[3:5]
    assert year.findings == Counter(
        {Finding.UNKNOWN: 10, Finding.FOLLOWS: 5, Finding.MISLEADING: 3, Finding.WRONG: 1}
    )


def test_only_the_year_does_not_add_up(root: Path) -> None:
    assert [name for name in EXAMPLES if not outcome(root, name).adds_up] == ["met-2025"]


def test_missing_denominators_are_named(root: Path) -> None:
    text = shown(outcome(root, "croydon-2025"))
    assert "CANNOT BE CHECKED: needs\n   - the number of faces\n   - the number of alerts" in text


def test_the_data_hold_every_figure_with_its_counts(year: Outcome) -> None:
    data: Any = json.loads(json.dumps(as_data(year), allow_nan=False))
    assert data["adds_up"] is False
    assert data["rates"]["false_alerts_of_faces"]["trials"] == 3_147_436
    (group,) = (each for each in data["claims"] if each["kind"] == Kind.DIFFERENCE)
    assert group["verdicts"][0]["finding"] == "cannot be checked"
    likely = group["figures"]["p_likely_at_13.5_percent"]
    assert f"{likely['value']:.1e}" == "3.8e-06"
    assert likely["method"] == "exact binomial, outcomes no more likely"
    assert group["figures"]["needed_at_50_percent_for_2"]["events"] == 77
    (tested,) = (each for each in data["claims"] if each["kind"] == Kind.THRESHOLDS)
    assert tested["figures"]["smallest_at_0.64"]["ratio"] is None  # none could have been shown


class Tags(HTMLParser):
    """Collects the tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_the_page_stands_alone_and_can_be_read_aloud(year: Outcome) -> None:
    made = page(year)
    tags = Tags()
    tags.feed(made)
    names = Counter(tag for tag, _ in tags.found)
    assert names["h1"] == 1
    assert names["table"] == names["caption"] == 3
    assert not names.keys() & {"script", "link", "img", "iframe"}
    assert "http" not in made
    assert all("scope" in held for tag, held in tags.found if tag == "th")
    ids = [held["id"] for _, held in tags.found if "id" in held]
    assert len(ids) == len(set(ids))
    links = [str(held["href"]) for tag, held in tags.found if tag == "a"]
    assert [link for link in links if link.removeprefix("#") not in ids] == []
    assert len(links) == len(year.claims) + 1
    for _, check in year.claims:
        for verdict in check.verdicts:
            assert verdict.head in made


def test_the_page_runs_nothing_of_the_file(tmp_path: Path) -> None:
    bad = claim("rate", 'events = "arrests"').replace('"so"', '"<script>x</script>"')
    made = page(check_claims(read_claims(written(tmp_path, bad))))
    assert "<script>" not in made
    assert "&lt;script&gt;x" in made


def test_the_guide_shows_what_is_printed(root: Path, year: Outcome) -> None:
    blocks = (root / "docs/guides/claims.md").read_text().split("```text\n")[1:]
    assert len(blocks) == 3
    for block in blocks:
        assert block.partition("```")[0] in shown(year) + "\n"


def test_the_guide_lists_every_kind_and_its_example_is_read(root: Path, tmp_path: Path) -> None:
    text = (root / "docs/guides/claims.md").read_text()
    for kind in Kind:
        assert f"\n| `{kind}` |" in text
    example = tmp_path / "example.toml"
    example.write_text(text.split("```toml\n")[1].partition("```")[0])
    found = check_claims(read_claims(example))
    assert [str(verdict.finding) for verdict in found.claims[0][1].verdicts] == [
        "follows",
        "misleading",
    ]


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - fixed arguments
        [sys.executable, "-c", WITHOUT_EXTRA, "claims", "check", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_needs_the_extra_for_a_page_alone(root: Path, tmp_path: Path) -> None:
    year = root / "examples/claims/met-2025.toml"
    done = run(year)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == shown(outcome(root, "met-2025")) + "\n"
    paged = run(year, "--html", tmp_path / "page.html")
    assert paged.returncode == 2
    assert "pip install 'overt[report]'" in paged.stderr


def test_the_command_and_its_exit_codes(root: Path, tmp_path: Path, overt: Commands) -> None:
    right = root / "examples/claims/essex-2025.toml"
    made = tmp_path / "page.html"
    done = overt.run("claims", "check", right, "--json", "--html", made, home=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out)["adds_up"] is True
    assert made.read_text() == page(outcome(root, "essex-2025"))
    wrong = overt.run("claims", "check", root / "examples/claims/met-2025.toml", home=tmp_path)
    assert wrong.code == 1
    misused = overt.run("claims", "check", "none.toml", home=tmp_path)
    assert misused.code == 2
    assert misused.err.startswith("error: none.toml: got No such file")
    assert "hint: copy each figure" in misused.err


def test_a_table_that_does_not_fit_is_told_in_words(tmp_path: Path) -> None:
    ranked = claim("ranking", 'answer = "opposed"') + "".join(
        f'[[claim.subgroup]]\nname = "{name * 40}"\nfigure = "{share} %"\nasked = 90\n'
        for name, share in (("ab", 30), ("cd", 20))
    )
    found = [line.text for line in lines(check_claims(read_claims(written(tmp_path, ranked))))]
    assert max(len(line) for line in found) <= 80
    assert "opposed: 30 %; 95 % interval: 20.8-40.6 %; asked: 90" in " ".join(
        " ".join(found).split()
    )
