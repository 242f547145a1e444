"""A model in files: `model.skops` and `contract.json`, and nothing else in the folder.

Whoever can write the place where models are kept must not get code run here. So the two files are
read once into memory, compared with the digests that the registry holds, and only then parsed, by
a loader that builds nothing but the types named in `trusted.py`.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..errors import ModelRefused
from .contract import ModelContract, parse_contract
from .trusted import TRUSTED_TYPES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sklearn.pipeline import Pipeline

MODEL_FILE: Final = "model.skops"
CONTRACT_FILE: Final = "contract.json"
FILE_LIMITS: Final[Mapping[str, int]] = {
    MODEL_FILE: 256 * 1024 * 1024,
    CONTRACT_FILE: 32 * 1024 * 1024,
}
"""The files of a bundle, and the most bytes that each may have."""

UNPACKED_LIMIT: Final = 1024 * 1024 * 1024


@dataclass(frozen=True)
class Bundle:
    """A model that may be used: its pipeline, and what it says about itself."""

    pipeline: Pipeline
    contract: ModelContract

    def predict(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """The probability of label 1 for each row of a matrix from `DataContract.encode`."""
        scores: NDArray[np.float64] = self.pipeline.predict_proba(matrix)[:, 1]
        return scores


def write_bundle(folder: Path, bundle: Bundle) -> dict[str, str]:
    """Write the two files into an existing, empty folder and return their digests.

    Raises:
        ModelRefused: The pipeline holds types that the project does not trust; it could be written
            but never loaded again.
    """
    import skops.io

    model = skops.io.dumps(bundle.pipeline)
    _refuse_more_types(model, bundle.contract)
    contents = {MODEL_FILE: model, CONTRACT_FILE: bundle.contract.to_json()}
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return {name: _digest(data) for name, data in contents.items()}


def parse_bundle(contents: Mapping[str, bytes], expected: Mapping[str, str]) -> Bundle:
    """Load a bundle from the bytes of its two files, as `read_files` returns them.

    Args:
        contents: Bytes of each file.
        expected: SHA-256, in hexadecimal, of each file, from a place other than the files'.

    Raises:
        ModelRefused: Anything is not as it must be; the reason says what. Nothing is parsed before
            both digests agree.
    """
    refuse_wrong_digests(contents, expected)
    contract = parse_contract(contents[CONTRACT_FILE])
    return Bundle(_parse_pipeline(contents[MODEL_FILE], contract), contract)


def refuse_wrong_digests(contents: Mapping[str, bytes], expected: Mapping[str, str]) -> None:
    """Compare the digest of each file with the expected one.

    Raises:
        ModelRefused: A digest is missing or differs.
    """
    for name, data in contents.items():
        wanted = expected.get(name)
        if not wanted:
            raise ModelRefused(f"no digest is known of the model's {name}, so it is not loaded")
        found = _digest(data)
        if found != wanted:
            raise ModelRefused(
                f"{name} of the model is not the file that was registered: "
                f"its SHA-256 is {found[:12]}..., the registry says {wanted[:12]}..."
            )


def _parse_pipeline(data: bytes, contract: ModelContract) -> Pipeline:
    from sklearn.pipeline import Pipeline

    from .pipeline import estimator_type

    _refuse_odd_archive(data)
    _refuse_more_types(data, contract)
    import skops.io

    try:
        pipeline = skops.io.loads(data, trusted=list(TRUSTED_TYPES[contract.model]))
    except Exception as error:
        raise ModelRefused(f"{MODEL_FILE} cannot be loaded: {_line(error)}") from error
    if type(pipeline) is not Pipeline or type(pipeline[-1]) is not estimator_type(contract.model):
        raise ModelRefused(f"{MODEL_FILE} holds no pipeline with a {contract.model} model")
    wanted, found = len(contract.features), getattr(pipeline, "n_features_in_", None)
    if found != wanted:
        raise ModelRefused(f"{MODEL_FILE} takes {found} features, its contract names {wanted}")
    if list(pipeline.classes_) != [0, 1]:
        raise ModelRefused(f"{MODEL_FILE} does not decide between 0 and 1")
    _refuse_silent(pipeline, wanted)
    return pipeline


def _refuse_silent(pipeline: Pipeline, features: int) -> None:
    """Refuse a model that cannot answer, as one of another scikit-learn may not."""
    import numpy as np

    try:
        scores = pipeline.predict_proba(np.zeros((1, features)))
    except Exception as error:
        raise ModelRefused(f"{MODEL_FILE} loads but cannot predict: {_line(error)}") from error
    if scores.shape != (1, 2) or not np.isfinite(scores).all():
        raise ModelRefused(f"{MODEL_FILE} loads but its answer is no probability")


def _refuse_odd_archive(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise ModelRefused(
            f"{MODEL_FILE} is not a skops file (a zip archive): {_line(error)}"
        ) from None
    if "schema.json" not in names:
        raise ModelRefused(f"{MODEL_FILE} is not a skops file: it has no schema.json")
    if unpacked > UNPACKED_LIMIT:
        raise ModelRefused(
            f"{MODEL_FILE} unpacks to {unpacked} bytes; at most {UNPACKED_LIMIT} are allowed"
        )


def _refuse_more_types(data: bytes, contract: ModelContract) -> None:
    import skops.io

    try:
        asked = set(skops.io.get_untrusted_types(data=data))
    except Exception as error:
        raise ModelRefused(f"{MODEL_FILE} cannot be read: {_line(error)}") from error
    more = sorted(asked - set(TRUSTED_TYPES[contract.model]))
    if more:
        raise ModelRefused(
            f"{MODEL_FILE} asks for types that the project does not trust: {', '.join(more)}. "
            "The trusted ones are in model/trusted.py."
        )


def read_files(folder: Path) -> dict[str, bytes]:
    """The bytes of the two files of a bundle.

    Raises:
        ModelRefused: The folder does not hold exactly these two files, or one is too large.
    """
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError as error:
        raise ModelRefused(f"the model's folder cannot be read: {error.strerror}") from None
    refuse_other_names(names)
    return {name: _read_file(folder / name, limit) for name, limit in FILE_LIMITS.items()}


def refuse_other_names(names: list[str]) -> None:
    """Refuse a list of files that is not that of a bundle.

    Raises:
        ModelRefused: Files are missing, or there are others.
    """
    if missing := sorted(FILE_LIMITS.keys() - set(names)):
        raise ModelRefused(f"the model lacks {', '.join(missing)}")
    if others := sorted(set(names) - FILE_LIMITS.keys()):
        raise ModelRefused(f"the model has files that it must not have: {', '.join(others[:5])}")


def _read_file(path: Path, limit: int) -> bytes:
    try:
        # A link could lead out of the folder, and a pipe could hold us for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise ModelRefused(f"{path.name} of the model is not a regular file")
            data = file.read(limit + 1)
    except OSError as error:
        raise ModelRefused(f"{path.name} of the model cannot be read: {error.strerror}") from None
    if len(data) > limit:
        raise ModelRefused(f"{path.name} of the model has more than the {limit} bytes allowed")
    return data


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
