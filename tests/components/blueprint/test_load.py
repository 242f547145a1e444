from __future__ import annotations

import pytest

from stackwright.blueprint.document import Mark
from stackwright.blueprint.load import (
    NOT_WRITTEN,
    EnvironmentDocument,
    environment_names,
    load,
    require_environment,
)
from stackwright.blueprint.reader import parse
from stackwright.errors import UnknownName


def loaded(text: str, name: str = "default") -> EnvironmentDocument:
    environment, problems = load(parse(text, "blueprint.yaml"), name)
    assert problems == []
    assert environment is not None
    return environment


def refused(text: str, name: str = "default") -> list[str]:
    _, problems = load(parse(text, "blueprint.yaml"), name)
    return [str(problem).removeprefix("blueprint.yaml:") for problem in problems]


def test_a_blueprint_without_environments_has_one(planted: str) -> None:
    document = parse(planted, "blueprint.yaml")
    assert environment_names(document) == ("default",)
    assert require_environment(document, None) == "default"


def test_environments_are_named_in_the_order_of_the_file(planted: str) -> None:
    document = parse(f"{planted}environments: {{prod: {{}}, dev: {{}}}}\n", "blueprint.yaml")
    assert environment_names(document) == ("prod", "dev")
    assert require_environment(document, "dev") == "dev"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("prd", 'no environment is called "prd"; there are: prod, dev. Did you mean prod?'),
        (None, "no environment was named; there are: prod, dev. Name one with -e."),
    ],
)
def test_an_environment_that_is_not_there_is_refused(
    planted: str, name: str | None, said: str
) -> None:
    document = parse(f"{planted}environments: {{prod: {{}}, dev: {{}}}}\n", "b.yaml")
    with pytest.raises(UnknownName) as caught:
        require_environment(document, name)
    assert str(caught.value) == f"b.yaml: {said}"


def test_an_override_is_merged_key_by_key(planted: str) -> None:
    text = planted + (
        "storage: {kind: store, copies: 4, days: 5}\n"
        "environments: {prod: {storage: {copies: 6}}, dev: {}}\n"
    )
    prod = loaded(text, "prod").blueprint.capability("storage")["storage"]
    dev = loaded(text, "dev").blueprint.capability("storage")["storage"]
    assert prod.model_dump(include={"copies", "days"}) == {"copies": 6, "days": 5}
    assert dev.model_dump(include={"copies", "days"}) == {"copies": 4, "days": 5}


def test_null_in_an_override_removes(planted: str) -> None:
    text = planted + (
        "storage: {kind: store, days: 5}\n"
        "tracking: {kind: tracker}\n"
        "environments: {prod: {storage: {days: null}, tracking: null}}\n"
    )
    blueprint = loaded(text, "prod").blueprint
    assert blueprint.capability("storage")["storage"].model_dump()["days"] == 30
    assert blueprint.capability("tracking") == {}


def test_null_in_the_base_is_a_missing_value(planted: str) -> None:
    assert refused(f"{planted}storage: {{kind: store, copies: }}\n") == [
        "4:32: storage.copies: a value is missing; a whole number from 1 to 9 is expected."
    ]


def test_another_kind_in_an_override_replaces_the_tool(planted: str) -> None:
    text = planted + (
        "storage: {kind: store, copies: 4}\n"
        "environments: {prod: {storage: {kind: vault, doors: 2}}}\n"
    )
    storage = loaded(text, "prod").blueprint.capability("storage")["storage"]
    assert storage.model_dump(include={"kind", "copies", "doors"}) == {
        "kind": "vault",
        "copies": 2,
        "doors": 2,
    }


def test_a_profile_fills_only_what_is_not_written(planted: str) -> None:
    text = planted + (
        "storage: {hot: {kind: store}, cold: {kind: store, copies: 5}}\n"
        "environments: {prod: {}, dev: {profile: development}}\n"
    )

    def copies(name: str) -> dict[str, int]:
        stores = loaded(text, name).blueprint.capability("storage")
        return {store: settings.model_dump()["copies"] for store, settings in stores.items()}

    assert copies("prod") == {"hot": 3, "cold": 5}
    assert copies("dev") == {"hot": 1, "cold": 5}


def test_what_a_profile_gave_stands_nowhere_in_the_file(planted: str) -> None:
    root = loaded(f"{planted}storage: {{kind: store, days: 5}}\n").root
    copies, days = root.find(("storage", "copies")), root.find(("storage", "days"))
    assert copies is not None
    assert days is not None
    assert (copies.mark, days.mark) == (NOT_WRITTEN, Mark(4, 30))


def test_a_problem_of_an_override_points_into_the_override(planted: str) -> None:
    text = planted + (
        "storage: {kind: store, copies: 4}\n"
        "environments:\n"
        "  dev: {}\n"
        "  prod: {storage: {copies: 40}}\n"
    )
    assert refused(text, "dev") == []
    assert refused(text, "prod") == [
        "7:28: environments.prod.storage.copies: 40 is above 9;"
        " a whole number from 1 to 9 is expected."
    ]


def test_a_problem_of_the_base_keeps_its_place_in_every_environment(planted: str) -> None:
    text = (
        f"{planted}storage: {{kind: store, copies: 40}}\nenvironments: {{dev: {{}}, prod: {{}}}}\n"
    )
    assert refused(text, "dev") == refused(text, "prod")
    assert refused(text, "dev")[0].startswith("4:32: storage.copies: ")


@pytest.mark.parametrize("key", ["apiVersion", "requires", "name", "environments", "projects"])
def test_what_holds_for_the_whole_file_is_not_overridden(planted: str, key: str) -> None:
    (problem,) = refused(f"{planted}environments: {{prod: {{{key}: x}}}}\n", "prod")
    assert problem == (
        f"4:23: environments.prod.{key}: {key} holds for every environment and cannot be"
        " overridden in one. Overridable is everything but apiVersion, requires, name,"
        " environments and projects."
    )


def test_a_broken_capability_is_left_out_and_named(planted: str) -> None:
    text = f"{planted}storage: {{kind: store, copies: 40}}\ntracking: {{kind: tracker}}\n"
    environment, problems = load(parse(text, "b.yaml"), "default")
    assert environment is not None
    assert environment.broken == {"storage"}
    assert list(environment.blueprint.capability("tracking")) == ["tracking"]
    assert len(problems) == 1


def test_a_broken_header_leaves_no_environment(planted: str) -> None:
    text = planted.replace("eu-west-1", "nowhere")
    environment, problems = load(parse(text, "b.yaml"), "default")
    assert environment is None
    assert [problem.path for problem in problems] == ["target.region"]
