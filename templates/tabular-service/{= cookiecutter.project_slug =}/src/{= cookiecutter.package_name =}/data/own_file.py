"""Brings a CSV file of your own into the project, with the contract it has or a proposed one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..configuration import parse_configuration
from ..errors import InputError
from ..project import Project
from ..storage import Storage
from .contract import DataContract, FileSource
from .contract_file import contract_text, is_unedited
from .preparation import prepare
from .proposal import ProposedColumn, propose
from .sources import SOURCE_KEY
from .tables import read_bytes, read_table
from .validation import require_valid
from .version import read_version


@dataclass(frozen=True)
class TargetChoice:
    """What to predict, and which columns surely are personal."""

    column: str
    above: float | None = None
    positive: str | None = None
    personal: tuple[str, ...] = ()


def prepare_file(project: Project, file: Path, *, new_holdout: bool = False) -> dict[str, Any]:
    """Make a file the source of the contract as it stands, and prepare it.

    Raises:
        InputError: The contract's source is no file, or the file does not keep the contract.
    """
    contract = project.contract
    if not isinstance(contract.source, FileSource):
        problem = f"its source is {contract.source.kind}; give --target to have one proposed"
        raise InputError([f"{project.contract_file}: {problem}"])
    data = read_bytes(file)
    frame = require_valid(contract, read_table(data, str(file)), str(file))
    storage = project.storage("data")
    settings = project.settings.training
    prepared = prepare(contract, frame, storage, settings, new_holdout=new_holdout)
    storage.write(contract.source.path, data)
    return prepared.write(storage)


def prepare_proposal(
    project: Project,
    file: Path,
    target: TargetChoice,
    *,
    replace: bool = False,
    new_holdout: bool = False,
) -> dict[str, Any]:
    """Propose a contract for a file, write it, and prepare the file by it.

    Another target than before asks for another holdout, so one is drawn.

    Raises:
        InputError: The file cannot be used, or the contract was edited and `replace` is not set;
            nothing is written then.
    """
    if not replace and not is_unedited(project.contract_file):
        problem = "was edited; correct it by hand, or give --replace to lose what is there"
        raise InputError([f"{project.contract_file}: {problem}"])
    data = read_bytes(file)
    table = read_table(data, str(file))
    proposal = propose(
        table,
        target.column,
        above=target.above,
        positive=target.positive,
        personal=target.personal,
    )
    text = contract_text(proposal, file.name, SOURCE_KEY)
    contract = parse_configuration(text, DataContract, str(project.contract_file))
    frame = require_valid(contract, table, str(file))
    storage = project.storage("data")
    new_holdout = new_holdout or _has_other_target(contract, storage)
    settings = project.settings.training
    prepared = prepare(contract, frame, storage, settings, new_holdout=new_holdout)
    storage.write(SOURCE_KEY, data)
    Storage(project.contract_file.parent.as_uri()).write(project.contract_file.name, text.encode())
    return prepared.write(storage) | {
        "contract": str(project.contract_file),
        "columns": [_line(column) for column in proposal.columns],
        "warnings": list(proposal.warnings),
    }


def _has_other_target(contract: DataContract, storage: Storage) -> bool:
    version = read_version(storage)
    return version is not None and version.target != contract.target.model_dump()


def _line(column: ProposedColumn) -> str:
    personal = ", personal" if column.keys.get("personal") else ""
    why = f": {column.reason}" if column.reason else ""
    return f"{column.name}: {column.keys['type']}, {column.keys['role']}{personal}{why}"
