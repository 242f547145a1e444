"""Planning as the commands do it."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from stackwright.errors import InputError, MissingExtra, UnknownName
from stackwright_cli import planning

BLUEPRINT = """\
apiVersion: stackwright/v1
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "210987654321"}
storage: {kind: s3}
environments: {dev: {}}
"""


@pytest.fixture
def blueprint(tmp_path: Path) -> Path:
    path = tmp_path / "blueprint.yaml"
    path.write_text(BLUEPRINT, encoding="utf-8")
    return path


def test_one_layer_keeps_the_wiring_of_all(blueprint: Path) -> None:
    whole, part = planning.plan(blueprint, None), planning.plan(blueprint, None, "foundation")
    assert [layer.name for layer in part.layers] == ["foundation"]
    assert part.wiring == whole.wiring != {}


def test_a_layer_that_is_not_there_is_an_unknown_name(blueprint: Path) -> None:
    with pytest.raises(UnknownName, match="has no layer platform; it has: foundation"):
        planning.plan(blueprint, "dev", "platform")


def test_what_a_program_prints_is_no_part_of_the_answer(
    blueprint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = blueprint.parent / "stacks" / "foundation" / "__main__.py"
    program.parent.mkdir(parents=True)
    program.write_text(
        "import stackwright\nprint('building')\nstackwright.build('foundation')\n",
        encoding="utf-8",
    )
    planning.plan(blueprint, "dev")
    assert capsys.readouterr() == ("", "building\n")


def test_garbage_is_collected_again_after_a_plan(blueprint: Path) -> None:
    planning.plan(blueprint, "dev")
    assert gc.isenabled()


def test_a_given_cluster_needs_no_package_of_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "find_spec", lambda name: None if name == "pulumi_aws" else 1)
    planning.require_packages("existing-cluster")
    with pytest.raises(MissingExtra, match=r"pip install 'stackwright\[aws\]'"):
        planning.require_packages("aws")


def test_bindings_are_read_from_json(tmp_path: Path) -> None:
    file = tmp_path / "bindings.json"
    file.write_text('{"storage/wiring/region": "eu-west-1"}', encoding="utf-8")
    assert planning.read_bindings(file) == {"storage/wiring/region": "eu-west-1"}


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff"])
def test_bindings_that_are_no_object_are_wrong_input(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "bindings.json"
    file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        planning.read_bindings(file)
    assert caught.value.problems[0].file == str(file)
