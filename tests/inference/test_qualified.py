"""A trial bundle becomes operational with its record, and is held to it whenever it is opened."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from made_records import make_record
from test_opened import CPU, small_mixture, write_bundle

from overt.errors import BundleError
from overt.inference.bundle import Bundle, IntendedUse
from overt.inference.evaluation_file import write_record
from overt.inference.manifest import read_manifest
from overt.inference.opened import add_bundle, open_bundle
from overt.inference.qualified import write_qualified


def trial(folder: Path) -> Path:
    return write_bundle(folder, cohort=small_mixture())


def record_of(manifest: Path) -> bytes:
    return write_record(make_record(digest=read_manifest(manifest).digest))


def qualified(tmp_path: Path) -> tuple[Path, Bundle]:
    manifest = trial(tmp_path / "source")
    out = tmp_path / "operational"
    return out, write_qualified(manifest, record_of(manifest), out=out)


def test_only_its_use_and_its_evaluation_are_new(tmp_path: Path, model_cache: Path) -> None:
    out, bundle = qualified(tmp_path)
    before = read_manifest(tmp_path / "source" / "bundle.toml")
    assert bundle.intended_use is IntendedUse.OPERATIONAL
    assert before.evaluated == before.digest == bundle.evaluated != bundle.digest
    assert bundle.record == make_record(digest=before.digest)
    assert (bundle.calibration, bundle.recogniser.alignment) == (
        before.calibration,
        before.recogniser.alignment,
    )
    opened = open_bundle(out, folder=tmp_path / "none", cache=model_cache, providers=CPU)
    assert opened.bundle == bundle
    assert sorted(path.name for path in tmp_path.iterdir()) == ["operational", "source"]


def test_it_takes_the_place_of_the_trial_bundle_that_it_was_made_of(tmp_path: Path) -> None:
    folder = tmp_path / "bundles"
    out, bundle = qualified(tmp_path)
    add_bundle(tmp_path / "source", folder=folder)
    added = add_bundle(out, folder=folder)
    assert added.digest == bundle.digest
    assert added.record == bundle.record
    assert [path.name for path in folder.iterdir()] == ["mine"]
    with pytest.raises(BundleError, match="which is taken"):
        add_bundle(tmp_path / "source", folder=folder)
    with pytest.raises(BundleError, match="which is taken"):
        add_bundle(out, folder=folder)


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_what_is_not_its_own_evaluation_is_refused_wherever_it_is_opened(
    tmp_path: Path, model_cache: Path
) -> None:
    out, bundle = qualified(tmp_path)
    manifest, record = out / "bundle.toml", out / "evaluation.json"
    whole, text = record.read_bytes(), manifest.read_text()
    other = write_record(make_record(digest="c" * 64))

    def missing() -> None:
        record.unlink()

    def altered() -> None:
        record.write_bytes(whole.replace(b'"half":"test"', b'"half":"all"'))

    def altered_with_its_hash() -> None:
        altered()
        named(record.read_bytes())

    def another() -> None:
        record.write_bytes(other)
        named(other)

    def other_files() -> None:
        edit(manifest, "stride = 32", "stride = 16")

    def named(content: bytes) -> None:
        assert bundle.evaluation is not None
        edit(manifest, bundle.evaluation.sha256, hashlib.sha256(content).hexdigest())

    for spoil, said in (
        (missing, "evaluation.json: got No such file or directory, want the evaluation record"),
        (altered, "evaluation.json: got sha256"),
        (altered_with_its_hash, "evaluation.json: got content of sha256"),
        (another, "got an evaluation of cccc"),
        (other_files, f"got an evaluation of {bundle.evaluated}"),
    ):
        record.write_bytes(whole)
        manifest.write_text(text)
        spoil()
        with pytest.raises(BundleError) as refused:
            open_bundle(out, folder=tmp_path / "none", cache=model_cache, providers=CPU)
        assert said in str(refused.value)
        assert "overt models qualify" in refused.value.hint
        with pytest.raises(BundleError):
            add_bundle(out, folder=tmp_path / "bundles")
        told = read_manifest(manifest)  # it can be looked at, and is what the rules refuse
        assert told.record is None or told.record.model.digest != told.evaluated


def test_a_word_is_no_evaluation(tmp_path: Path) -> None:
    manifest = trial(tmp_path / "source")
    edit(manifest, '"trial"', '"operational"')
    with pytest.raises(
        BundleError, match=r"intended_use: got 'operational', want operational with"
    ):
        read_manifest(manifest)
    out, _ = qualified(tmp_path / "other")
    edit(out / "bundle.toml", '"operational"', '"trial"')
    with pytest.raises(BundleError, match="intended_use: got 'trial', want"):
        read_manifest(out / "bundle.toml")


def test_what_cannot_be_qualified_leaves_nothing(tmp_path: Path) -> None:
    manifest = trial(tmp_path / "source")
    out = tmp_path / "out"
    with pytest.raises(BundleError, match="got an evaluation of cccc"):
        write_qualified(manifest, write_record(make_record(digest="c" * 64)), out=out)
    done, _ = qualified(tmp_path / "other")
    with pytest.raises(BundleError, match="want the trial bundle that it was made of"):
        write_qualified(done / "bundle.toml", record_of(done / "bundle.toml"), out=out)
    with pytest.raises(BundleError, match="want a new one"):
        write_qualified(manifest, record_of(manifest), out=done)
    edit(manifest, 'intended_use = "trial"', '"intended_use" = "trial"')
    with pytest.raises(BundleError, match='got 0 lines intended_use = "trial", want one'):
        write_qualified(manifest, record_of(manifest), out=out)
    assert not out.exists()
