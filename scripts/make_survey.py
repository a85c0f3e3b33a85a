"""Write the synthetic survey of the examples: nobody was asked.

    python scripts/make_survey.py            write the answers anew
    python scripts/make_survey.py --check    exit 1 if they differ from what this writes

Respondents live in sampling points within regions, as in a face-to-face survey; support is set so
that what the reference case published comes out: 85 % overall, LGBT+ people most opposed, then
people of mixed ethnicity, then Black people; by age 25 to 34 most opposed, over 65 least.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path
from typing import Final

import numpy as np

from overt.arrays import F64

PATH: Final = Path(__file__).resolve().parent.parent / "examples/surveys/lfr-support.csv"
SEED: Final = 20250914
POINTS, AT_EACH = 24, 26  # sampling points a region, respondents at each
REGIONS: Final = {"central": 0.7, "east": 1.1, "north": 1.0, "south": 0.9, "west": 1.3}
AGES: Final = {
    "18-24": 0.10,
    "25-34": 0.18,
    "35-44": 0.19,
    "45-54": 0.18,
    "55-64": 0.17,
    "65+": 0.18,
}
ETHNICITIES: Final = {"Asian": 0.18, "Black": 0.12, "Mixed": 0.05, "Other": 0.05, "White": 0.60}
ORIENTATIONS: Final = {"LGBT+": 0.07, "not LGBT+": 0.88, "": 0.05}
ANSWERS: Final = (
    "strongly support",
    "tend to support",
    "tend to oppose",
    "strongly oppose",
    "don't know",
)
# On the log-odds of support.
AVERAGE: Final = 2.2
BY_AGE: Final = {"18-24": -0.2, "25-34": -0.6, "65+": 0.8}
BY_ETHNICITY: Final = {"Mixed": -1.1, "Black": -0.7, "Asian": -0.1}
BY_ORIENTATION: Final = {"LGBT+": -1.4}


def rows(random: np.random.Generator) -> list[tuple[str, ...]]:
    """Make one row a respondent."""
    made: list[tuple[str, ...]] = []
    for region, weight in REGIONS.items():
        for point in range(POINTS):
            of_point = random.normal(0, 0.25)
            for _ in range(AT_EACH):
                age = drawn(AGES, random)
                ethnicity = drawn(ETHNICITIES, random)
                orientation = drawn(ORIENTATIONS, random)
                odds = AVERAGE + of_point + BY_AGE.get(age, 0) + BY_ETHNICITY.get(ethnicity, 0)
                odds += BY_ORIENTATION.get(orientation, 0)
                supports = random.random() < 1 / (1 + np.exp(-odds))
                answer = answered(supports=bool(supports), random=random)
                own = weight * random.uniform(0.8, 1.25)
                place = f"{region[0]}{point + 1:02d}"
                made.append((region, place, f"{own:.3f}", age, ethnicity, orientation, answer))
    return made


def answered(*, supports: bool, random: np.random.Generator) -> str:
    if random.random() < 0.01:
        return ""  # gave no answer
    if supports:
        return ANSWERS[int(random.random() < 0.45)]
    return ANSWERS[2 + int(random.choice(3, p=(0.45, 0.3, 0.25)))]


def drawn(shares: dict[str, float], random: np.random.Generator) -> str:
    chances: F64 = np.array(list(shares.values()))
    return list(shares)[int(random.choice(len(shares), p=chances))]


def text() -> str:
    """Give the file."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("region", "point", "weight", "age", "ethnicity", "orientation", "answer"))
    writer.writerows(rows(np.random.default_rng(SEED)))
    return file.getvalue()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    if parser.parse_args().check:
        return int(PATH.read_text(encoding="utf-8") != text())
    PATH.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
