"""A cohort is kept where it makes groups more alike; what is written can be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from overt.errors import InputError
from overt.evaluation.calibrating import calibrate
from overt.evaluation.labelled import Template
from overt.evaluation.making import COHORT_FILE, Made, Told, left_of, make, manifest_lines
from overt.evaluation.mixture import fit_mixture
from overt.evaluation.nonmated import cross_fitted
from overt.evaluation.photographs import Photograph
from overt.inference.bundle import Bundle
from overt.inference.manifest import read_manifest
from overt.inference.mixture import read_cohort
from overt.inference.opened import find_manifest
from overt.match.comparing import Comparer
from overt.match.scale import ReferenceScale
from overt.values.metric import Metric

DIMENSIONS = 8
TOLD = Told("a test", "made-up faces")


def people(groups: dict[str, float], *, each: int = 200) -> list[Template]:
    """Make a face for each of many people, a group's spread around a place of its own."""
    random = np.random.default_rng(6)
    found: list[Template] = []
    for name, spread in groups.items():
        place = random.normal(size=DIMENSIONS)
        place *= 4 / np.linalg.norm(place)
        for number in range(each):
            vector = (place + spread * random.normal(size=DIMENSIONS)).astype(np.float32)
            file = f"{name}-{number}"
            found.append(Template(Photograph(Path(file), file, (name,)), vector))
    return found


@pytest.fixture(scope="module")
def uneven() -> Made:
    """Make a cohort for a network to which one group's faces lie nearer to each other."""
    return make(people({"crowded": 0.5, "wide": 1.0}), metric=Metric.L2, told=TOLD)


def test_it_is_told_whom_the_new_scale_leaves(uneven: Made) -> None:
    assert [row.recognised for row in left_of(uneven, thresholds=(0.6,))] == [None] * 3
    scale = ReferenceScale(uneven.calibrated.calibration)
    middle = scale.score(0.4)
    crowded, wide = uneven.groups
    scores = np.array([middle + 1, middle + 0.01, middle - 0.01, middle - 1])
    crowded = replace(crowded, mated=scores, mated_of=np.array([1, 1, 2, 3]))
    found = left_of(replace(uneven, groups=(crowded, wide)), thresholds=(0.4,))
    assert [row.group for row in found] == ["everybody", "crowded", "wide"]
    everybody, told, nobody = (row.recognised for row in found)
    assert nobody is None
    assert everybody == told
    assert told is not None
    assert (told.events, told.trials, told.people) == (2, 4, 3)
    assert 0 < told.low < 0.5 < told.high < 1


def manifest(folder: Path, lines: str) -> Bundle:
    """Put the lines into a manifest that has none of them, and read it."""
    default = find_manifest("default", folder=Path("nowhere")).read_text()
    head = default.split("# Every score is held")[0]
    assert "dimensions = 128" in head
    head = head.replace("dimensions = 128", f"dimensions = {DIMENSIONS}")
    path = folder / "bundle.toml"
    path.write_text(head + lines)
    return read_manifest(path)


def test_a_cohort_that_makes_groups_more_alike_is_kept(uneven: Made) -> None:
    assert uneven.mixture is not None
    assert uneven.ratio_before > 20
    assert uneven.ratio_after < 5
    assert uneven.photographs == 400
    assert uneven.mixture.means.shape[1] == DIMENSIONS


def test_a_cohort_that_changes_nothing_is_left_out() -> None:
    templates = people({"all": 1.0}, each=360)
    made = make(templates, metric=Metric.L2, told=TOLD)
    assert made.mixture is None
    assert made.ratio_before == made.ratio_after == 1
    plain = cross_fitted(templates, fit=Comparer(Metric.L2))
    want = calibrate(plain, script="a test", datasets=("made-up faces",))
    assert made.calibrated.calibration == want.calibration


def test_what_is_written_for_a_manifest_can_be_read(uneven: Made, tmp_path: Path) -> None:
    lines, content = manifest_lines(uneven, told=TOLD)
    assert content is not None
    (tmp_path / COHORT_FILE).write_bytes(content)
    bundle = manifest(tmp_path, lines)
    assert bundle.cohort is not None
    assert (bundle.cohort.script, bundle.cohort.datasets) == ("a test", ("made-up faces",))
    assert bundle.cohort.photographs == 400
    cohort = read_cohort(bundle)
    assert cohort is not None
    assert cohort.vectors.shape == (6000, DIMENSIONS)
    want, got = uneven.calibrated.calibration, bundle.calibration
    assert got is not None
    assert replace(got, tail=want.tail) == want
    for field in ("threshold", "shape", "scale", "rate"):
        assert getattr(got.tail, field) == pytest.approx(getattr(want.tail, field), abs=1e-4)


def test_without_a_cohort_a_manifest_has_none(uneven: Made, tmp_path: Path) -> None:
    lines, content = manifest_lines(replace(uneven, mixture=None), told=TOLD)
    assert content is None
    bundle = manifest(tmp_path, lines)
    assert bundle.cohort is None
    assert bundle.calibration is not None


def test_equal_photographs_give_equal_bytes(uneven: Made) -> None:
    again = make(people({"crowded": 0.5, "wide": 1.0}), metric=Metric.L2, told=TOLD)
    assert manifest_lines(again, told=TOLD) == manifest_lines(uneven, told=TOLD)


@pytest.mark.parametrize("dataset", ['a "good" one', "back\\slash", "two\nlines", "a\ttab"])
def test_what_no_manifest_could_hold_is_refused_at_once(dataset: str) -> None:
    with pytest.raises(InputError, match="want it printable, without quotes or backslashes"):
        Told("a test", dataset)


def test_too_few_photographs_are_refused() -> None:
    with pytest.raises(InputError, match="got no photograph that can be used, want some hundreds"):
        make((), metric=Metric.L2, told=TOLD)
    with pytest.raises(InputError, match=r"mixture: got \d+ templates, want 160 or more for 8"):
        make(people({"few": 1.0}, each=100), metric=Metric.L2, told=TOLD)


def test_a_mixture_is_of_its_templates() -> None:
    vectors = np.stack([each.vector for each in people({"a": 0.2, "b": 0.2}, each=300)])
    mixture = fit_mixture(vectors, components=2)
    assert mixture.weights.tolist() == pytest.approx([0.5, 0.5])
    by_first = mixture.means[np.argsort(mixture.means[:, 0])]
    want = np.stack([vectors[:300].mean(axis=0), vectors[300:].mean(axis=0)])
    np.testing.assert_allclose(by_first, want[np.argsort(want[:, 0])], atol=1e-5)
    assert not np.triu(mixture.factors, 1).any()
    for factor in mixture.factors:
        np.testing.assert_allclose(factor @ factor.T, 0.04 * np.eye(DIMENSIONS), atol=0.012)
