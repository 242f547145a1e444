"""A model in files is loaded only when it is the model that was registered."""

import hashlib
import io
import os
import pickle
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from {= cookiecutter.package_name =}.errors import ModelRefused
from {= cookiecutter.package_name =}.model import bundle as module
from {= cookiecutter.package_name =}.model.bundle import (
    CONTRACT_FILE,
    MODEL_FILE,
    Bundle,
    parse_bundle,
    read_files,
    write_bundle,
)
from {= cookiecutter.package_name =}.model.contract import (
    ModelContract,
    ModelFeature,
    parse_contract,
)
from {= cookiecutter.package_name =}.model.pipeline import build_pipeline

FEATURES = (
    ModelFeature(name="size", type="number", minimum=0, maximum=9),
    ModelFeature(name="colour", type="category", values=("red", "green")),
)
MATRIX = np.array([[1.0, 0.0], [2.0, 0.0], [7.0, 1.0], [8.0, 1.0]] * 10)
LABELS = np.array([0, 0, 1, 1] * 10)


def contract(**changes: Any) -> ModelContract:
    """A contract for the two features above."""
    values: dict[str, Any] = {
        "project": "p",
        "model": "logistic",
        "features": FEATURES,
        "label": "size is large",
        "threshold": 0.5,
        "threshold_rule": "given",
        "reference": {"size": (1.0, None), "colour": ("red",)},
        "metrics": {"auc": 1.0},
        "commit": "unknown",
        "data_version": "0",
        "holdout": "0",
        "seed": 1,
        "scikit_learn": "1",
        "created": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return ModelContract(**(values | changes))


def bundle(kind: Any = "logistic") -> Bundle:
    """A small fitted model."""
    pipeline = build_pipeline(kind, FEATURES, 1).fit(MATRIX, LABELS)
    return Bundle(pipeline, contract(model=kind))


@pytest.fixture
def written(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """The folder of a bundle, and its digests."""
    folder = tmp_path / "model"
    folder.mkdir()
    return folder, write_bundle(folder, bundle())


def load_bundle(folder: Path, expected: dict[str, str]) -> Bundle:
    """Read and load a bundle, as the registry does."""
    return parse_bundle(read_files(folder), expected)


def replace(folder: Path, model: bytes) -> dict[str, str]:
    """Put another model file there and return the digests, as if it had been registered."""
    (folder / MODEL_FILE).write_bytes(model)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.mark.parametrize("kind", ["logistic", "gradient-boosting"])
def test_a_bundle_comes_back_with_the_same_scores(kind: str, tmp_path: Path) -> None:
    made = bundle(kind)
    loaded = load_bundle(tmp_path, write_bundle(tmp_path, made))
    assert (loaded.predict(MATRIX) == made.predict(MATRIX)).all()
    assert loaded.contract == made.contract


def test_a_swapped_model_is_refused_before_it_is_parsed(
    written: tuple[Path, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, expected = written
    (folder / MODEL_FILE).write_bytes(skops.io.dumps(bundle("gradient-boosting").pipeline))

    def never(*_: object, **__: object) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr(skops.io, "loads", never)
    monkeypatch.setattr(skops.io, "get_untrusted_types", never)
    monkeypatch.setattr(module, "parse_contract", never)
    with pytest.raises(ModelRefused, match=r"model\.skops of the model is not the file"):
        load_bundle(folder, expected)


def test_a_swapped_contract_is_refused(written: tuple[Path, dict[str, str]]) -> None:
    folder, expected = written
    (folder / CONTRACT_FILE).write_bytes(contract(threshold=0.0).to_json())
    with pytest.raises(ModelRefused, match=r"contract\.json of the model is not the file"):
        load_bundle(folder, expected)


def test_one_changed_bit_is_refused(written: tuple[Path, dict[str, str]]) -> None:
    folder, expected = written
    data = bytearray((folder / MODEL_FILE).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / MODEL_FILE).write_bytes(data)
    with pytest.raises(ModelRefused, match="not the file that was registered"):
        load_bundle(folder, expected)


@pytest.mark.parametrize("name", [MODEL_FILE, CONTRACT_FILE])
def test_a_model_without_a_known_digest_is_refused(
    name: str, written: tuple[Path, dict[str, str]]
) -> None:
    folder, expected = written
    with pytest.raises(ModelRefused, match=f"no digest is known of the model's {name}"):
        load_bundle(folder, expected | {name: ""})


class Payload:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


def test_a_pickle_under_the_name_is_refused_and_does_not_run(
    written: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    folder, _ = written
    expected = replace(folder, pickle.dumps(Payload(tmp_path / "ran")))
    with pytest.raises(ModelRefused, match="not a skops file"):
        load_bundle(folder, expected)
    assert not (tmp_path / "ran").exists()


def test_a_model_that_asks_for_more_types_is_refused_by_name(
    written: tuple[Path, dict[str, str]],
) -> None:
    folder, _ = written
    made = bundle().pipeline
    # os.system is what an attacker would ask for; skops writes any function by its name.
    more = Pipeline([("call", FunctionTransformer(os.system)), *made.steps])
    expected = replace(folder, skops.io.dumps(more))
    with pytest.raises(ModelRefused, match=r"does not trust: .*posix.system"):
        load_bundle(folder, expected)


def test_a_kind_is_trusted_with_its_own_types_only(
    written: tuple[Path, dict[str, str]],
) -> None:
    folder, _ = written
    expected = replace(folder, skops.io.dumps(bundle("gradient-boosting").pipeline))
    with pytest.raises(ModelRefused, match="TreePredictor"):
        load_bundle(folder, expected)


def test_a_model_with_more_types_is_not_written(tmp_path: Path) -> None:
    more = Pipeline([("call", FunctionTransformer(os.system)), *bundle().pipeline.steps])
    with pytest.raises(ModelRefused, match="does not trust"):
        write_bundle(tmp_path, Bundle(more, contract()))
    assert not list(tmp_path.iterdir())


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return made.getvalue()


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (b"", "not a skops file"),
        (b"PK\x03\x04 and nothing more", "not a skops file"),
        (zipped(other_txt=b"x"), "no schema.json"),
        (zipped(schema_json=b"{"), "cannot be"),
        (zipped(schema_json=b"{}"), "cannot be"),
        (zipped(schema_json=b"[" * 100_000), "cannot be"),
        (skops.io.dumps({"a": 1}), "holds no pipeline"),
        (skops.io.dumps(Pipeline([("scale", FunctionTransformer())])), "holds no pipeline"),
    ],
)
def test_a_file_that_holds_no_model_is_refused(
    model: bytes, reason: str, written: tuple[Path, dict[str, str]]
) -> None:
    folder, _ = written
    with pytest.raises(ModelRefused, match=reason):
        load_bundle(folder, replace(folder, model))


def test_a_truncated_model_is_refused(written: tuple[Path, dict[str, str]]) -> None:
    folder, _ = written
    half = (folder / MODEL_FILE).read_bytes()[:5000]
    with pytest.raises(ModelRefused, match="not a skops file"):
        load_bundle(folder, replace(folder, half))


def test_a_model_of_another_number_of_features_is_refused(
    written: tuple[Path, dict[str, str]],
) -> None:
    folder, _ = written
    other = build_pipeline("logistic", FEATURES[:1], 1).fit(MATRIX[:, :1], LABELS)
    with pytest.raises(ModelRefused, match="takes 1 features, its contract names 2"):
        load_bundle(folder, replace(folder, skops.io.dumps(other)))


def test_a_model_that_was_never_fitted_is_refused(
    written: tuple[Path, dict[str, str]],
) -> None:
    folder, _ = written
    empty = skops.io.dumps(build_pipeline("logistic", FEATURES, 1))
    with pytest.raises(ModelRefused, match="features"):
        load_bundle(folder, replace(folder, empty))


def test_a_missing_file_and_an_extra_file_are_refused(
    written: tuple[Path, dict[str, str]],
) -> None:
    folder, expected = written
    (folder / "MLmodel").write_text("flavors: {}")
    with pytest.raises(ModelRefused, match="must not have: MLmodel"):
        load_bundle(folder, expected)
    (folder / "MLmodel").unlink()
    (folder / CONTRACT_FILE).unlink()
    with pytest.raises(ModelRefused, match=r"lacks contract\.json"):
        load_bundle(folder, expected)
    with pytest.raises(ModelRefused, match="cannot be read"):
        load_bundle(folder / "none", expected)


def test_a_link_and_a_pipe_are_refused(
    written: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    folder, expected = written
    model = folder / MODEL_FILE
    model.rename(tmp_path / "elsewhere")
    model.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ModelRefused, match="cannot be read"):
        load_bundle(folder, expected)
    model.unlink()
    os.mkfifo(model)
    with pytest.raises(ModelRefused, match="not a regular file"):
        load_bundle(folder, expected)


def test_a_file_over_the_limit_is_refused(
    written: tuple[Path, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, expected = written
    size = (folder / MODEL_FILE).stat().st_size
    monkeypatch.setattr(module, "FILE_LIMITS", {MODEL_FILE: size - 1, CONTRACT_FILE: 100_000})
    with pytest.raises(ModelRefused, match=f"more than the {size - 1} bytes allowed"):
        load_bundle(folder, expected)


def test_an_archive_that_unpacks_to_too_much_is_refused(
    written: tuple[Path, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = written
    monkeypatch.setattr(module, "UNPACKED_LIMIT", 1_000_000)
    bomb = zipped(schema_json=b" " * 1_000_001)
    assert len(bomb) < 2000
    with pytest.raises(ModelRefused, match="unpacks to 1000001 bytes"):
        load_bundle(folder, replace(folder, bomb))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "file"),
        (b"{", "file"),
        (b"[]", "file"),
        (b'{"schema": "model-contract/v2"}', "schema"),
        (contract().to_json().replace(b'"threshold": 0.5', b'"threshold": 1.5'), "threshold"),
        (contract().to_json().replace(b'"threshold": 0.5', b'"threshold": NaN'), "threshold"),
        (contract().to_json().replace(b'"seed": 1', b'"seed": 1, "more": 1'), "more"),
        (contract().to_json().replace(b'"colour"', b'"size"', 1), "same name"),
    ],
)
def test_a_contract_that_does_not_parse_is_refused_by_key(text: bytes, reason: str) -> None:
    with pytest.raises(ModelRefused, match=f"does not parse: .*{reason}"):
        parse_contract(text)


def test_a_contract_holds_no_values_of_a_personal_feature() -> None:
    personal = (FEATURES[0], FEATURES[1].model_copy(update={"personal": True}))
    with pytest.raises(ValueError, match="not personal"):
        contract(features=personal)


def test_a_contract_is_written_the_same_way_each_time() -> None:
    text = contract().to_json()
    assert parse_contract(text) == contract()
    assert parse_contract(text).to_json() == text
