"""What holds of every diff, whatever changes: properties of the whole, from plans to reports."""

from __future__ import annotations

import base64
import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scenarios.comparing import diff_of, scenario, write
from tests.scenarios.scenario import BASES

from stackwright.blueprint.reader import read
from stackwright.diff.changes import Action
from stackwright.diff.codec import from_json, to_json
from stackwright.diff.compare import assemble, compare
from stackwright.diff.model import Diff, EnvironmentDiff, Presence, Side
from stackwright.environment import check
from stackwright.errors import InputError
from stackwright.plan.graph import Layer, Plan, Resource
from stackwright.plan.make import plan_environment
from stackwright.report.diff.formats import FORMATS, render
from stackwright.report.diff.markdown.report import sections
from stackwright.report.diff.parts import GITHUB_BYTES, LEAST, parts

EXAMPLES = Path(__file__).parents[3] / "examples"

ENVIRONMENTS = [
    (blueprint.parent.name, environment)
    for blueprint in sorted(EXAMPLES.glob("*/blueprint.yaml"))
    for environment in check(read(blueprint))
]

EVENTFUL = (
    "a-bucket-of-ones-own-gets-another-name",
    "a-policy-lets-everybody-in",
    "a-registry-that-a-project-needs-is-removed",
    "an-environment-is-renamed",
    "another-cluster-is-named",
    "nobody-measured-the-type",
    "one-model-becomes-two",
    "the-role-of-the-cluster-is-changed",
)
"""Scenarios that have something of everything that a diff can tell."""


@cache
def planned(example: str, environment: str) -> Plan:
    return plan_environment(EXAMPLES / example / "blueprint.yaml", environment)


@cache
def small(text: str) -> Plan:
    """Return the plan of a small blueprint."""
    with TemporaryDirectory() as folder:
        write(Path(folder), {"blueprint.yaml": text})
        return plan_environment(Path(folder) / "blueprint.yaml", "prod")


@cache
def eventful(name: str) -> Diff:
    with TemporaryDirectory() as folder:
        return diff_of(scenario(name), Path(folder))


def whole(*environments: EnvironmentDiff) -> Diff:
    return assemble("acme-ml", Side("base"), Side("head"), environments)


def empty(found: EnvironmentDiff) -> bool:
    return not (
        found.changes or found.outputs or found.losses or found.access or found.services
    ) and not (found.chains or found.accelerators or found.warnings)


# --- nothing changes --------------------------------------------------------------------------


@pytest.mark.parametrize(("example", "environment"), ENVIRONMENTS)
def test_a_plan_and_itself_differ_in_nothing(example: str, environment: str) -> None:
    plan = planned(example, environment)
    again = plan_environment(EXAMPLES / example / "blueprint.yaml", environment)
    for other in (plan, again, Plan.from_json(plan.to_json())):
        found = compare(plan, other)
        assert empty(found)
        assert found.presence is Presence.BOTH
        assert found.unchanged == plan.counts().total()
    assert whole(found).verdict.worst is None


@given(seed=st.integers(0, 2**32))
@settings(max_examples=10)
def test_the_order_of_keys_and_of_lists_that_are_sets_changes_nothing(seed: int) -> None:
    text = (BASES / "store.yaml").read_text(encoding="utf-8")
    shuffled = _shuffled(yaml.safe_load(text), random.Random(seed))
    assert empty(compare(small(text), small(yaml.safe_dump(shuffled, sort_keys=False))))


def _shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        items = [(key, _shuffled(item, chance)) for key, item in value.items()]
        return dict(chance.sample(items, len(items)))
    if isinstance(value, list):
        return chance.sample(value, len(value))
    return value


@given(seed=st.integers(0, 2**32))
@settings(max_examples=8)
def test_the_order_of_resources_and_of_their_inputs_changes_nothing(seed: int) -> None:
    chance = random.Random(seed)
    text = (BASES / "cluster.yaml").read_text(encoding="utf-8")
    base = small(text)
    head = small(text.replace("  prod: {}", "  prod: {profile: development}"))
    assert empty(compare(base, _reordered(base, chance)))
    told = compare(base, head), compare(_reordered(base, chance), _reordered(head, chance))
    first, second = (_unordered(one) for one in told)
    assert first == second


@given(seed=st.integers(0, 2**32))
@settings(max_examples=10)
def test_in_whatever_order_they_are_made_twins_are_found(seed: int) -> None:
    chance = random.Random(seed)
    text = (BASES / "store.yaml").read_text(encoding="utf-8")
    base = small(text)
    head = small(text.replace("storage:\n  kind", "storage:\n  lake:\n    kind"))
    told = compare(base, head), compare(_reordered(base, chance), _reordered(head, chance))
    first, second = (_unordered(one) for one in told)
    assert first == second
    assert sum(bool(one.twin) for one in told[0].changes) == 52


@pytest.mark.parametrize(("example", "environment"), ENVIRONMENTS)
def test_a_stored_plan_gives_the_same_diff(example: str, environment: str) -> None:
    plan = planned(example, environment)
    stored = Plan.from_json(plan.to_json())
    assert to_json(whole(compare(None, stored))) == to_json(whole(compare(None, plan)))
    assert to_json(whole(compare(stored, None))) == to_json(whole(compare(plan, None)))


def _reordered(plan: Plan, chance: random.Random) -> Plan:
    """Return a plan with its resources, and every mapping in their inputs, in another order."""
    return replace(
        plan,
        layers=tuple(
            replace(
                layer,
                resources=tuple(
                    replace(one, inputs=_mappings(one.inputs, chance))
                    for one in _in_another_order(layer.resources, chance)
                ),
            )
            for layer in plan.layers
        ),
    )


def _in_another_order(resources: Sequence[Resource], chance: random.Random) -> list[Resource]:
    """Return resources as another run might register them: each after all that it needs."""
    known = {one.urn for one in resources}
    waiting, done, found = list(resources), set[str](), list[Resource]()
    while waiting:
        ready = [
            one
            for one in waiting
            if ({one.parent, one.provider, *one.dependencies} & known) <= done
        ]
        chosen = chance.choice(ready)
        waiting.remove(chosen)
        done.add(chosen.urn)
        found.append(chosen)
    return found


def _mappings(value: Any, chance: random.Random) -> Any:
    """Return a value with its mappings in another order; lists may mean their order."""
    if isinstance(value, Mapping):
        items = [(key, _mappings(item, chance)) for key, item in value.items()]
        return dict(chance.sample(items, len(items)))
    if isinstance(value, list):
        return [_mappings(item, chance) for item in value]
    return value


def _unordered(found: EnvironmentDiff) -> dict[str, Any]:
    document = json.loads(to_json(whole(found)))["environments"][0]
    for key in ("changes", "losses", "access", "services", "accelerators", "outputs"):
        document[key] = sorted(json.dumps(item, sort_keys=True) for item in document[key])
    chains = [{**one, "links": sorted(one["links"])} for one in document["chains"]]
    document["chains"] = sorted(json.dumps(item, sort_keys=True) for item in chains)
    return {key: document[key] for key in document if key not in ("tools", "edges", "titles")}


# --- counts -----------------------------------------------------------------------------------


@given(data=st.data())
@settings(max_examples=40)
def test_counts_are_those_of_the_raw_changes(data: st.DataObject) -> None:
    plan = small((BASES / "store.yaml").read_text(encoding="utf-8"))
    every = [one for _, one in plan.resources() if one.custom and one.parent]
    some = st.sets(st.sampled_from(sorted(one.urn for one in every if _is_managed(one))))
    before, after, touched = data.draw(some), data.draw(some), data.draw(some)
    base, head = _without(plan, before), _touched(_without(plan, after), touched)
    found = compare(base, head)
    urns = {one.urn for _, one in base.resources()}, {one.urn for _, one in head.resources()}
    told = Counter(one.action for one in found.managed)
    assert max(Counter(one.urn for one in found.changes).values(), default=1) == 1
    assert told[Action.DELETE] == len({urn for urn in urns[0] - urns[1] if urn in after})
    assert told[Action.CREATE] == len({urn for urn in urns[1] - urns[0] if urn in before})
    both = {one.urn for one in every if _is_managed(one)} - before - after
    stays = told[Action.UPDATE] + told[Action.REPLACE]
    assert {one.urn for one in found.managed} >= both & touched
    assert found.unchanged + stays == len(both)
    assert found.counts() == {action.value: told[action] for action in Action if told[action]}
    risks = whole(found).verdict.risks
    assert risks.get("data-loss", 0) == len(found.losses)
    assert risks.get("replacement", 0) == told[Action.REPLACE]


def _is_managed(resource: Resource) -> bool:
    return resource.custom and not resource.type.startswith("pulumi:")


def _without(plan: Plan, urns: set[str]) -> Plan:
    return _layers(plan, lambda one: None if one.urn in urns else one)


def _touched(plan: Plan, urns: set[str]) -> Plan:
    """Return a plan in which some resources have one more tag."""
    return _layers(
        plan,
        lambda one: (
            replace(one, inputs={**one.inputs, "tags": {"touched": "yes"}})
            if one.urn in urns
            else one
        ),
    )


def _layers(plan: Plan, change: Any) -> Plan:
    def of(layer: Layer) -> Layer:
        kept = tuple(one for one in map(change, layer.resources) if one is not None)
        return replace(layer, resources=kept)

    return replace(plan, layers=tuple(map(of, plan.layers)))


# --- secrets ----------------------------------------------------------------------------------

_CANARY = "c4nary/{}+&= of a secret"

_PROGRAM = """\
import base64

import pulumi
import pulumi_kubernetes as kubernetes

import stackwright

platform = stackwright.build("platform")
own = pulumi.ResourceOptions(provider=platform.provider)
canary = "{canary}"
encoded = base64.b64encode(canary.encode()).decode()
hidden = pulumi.Output.secret(canary)
place = {{"namespace": "acme-ml-prod-serving"}}
kubernetes.core.v1.Secret(
    "login", metadata={{"name": "login", **place}}, string_data={{"password": canary}}, opts=own
)
kubernetes.core.v1.Secret(
    "other", metadata={{"name": "other", **place}}, data={{"password": encoded}}, opts=own
)
kubernetes.core.v1.ConfigMap(
    "settings",
    metadata={{"name": "settings", **place}},
    data={{"url": pulumi.Output.concat("db://acme:", hidden, "@db"), "plain": "shown as it is"}},
    opts=own,
)
container = {{"name": "main", "image": "acme/job:1", "env": [{{"name": "KEY", "value": hidden}}]}}
kubernetes.core.v1.Pod(
    "job", metadata={{"name": "job", **place}}, spec={{"containers": [container]}}, opts=own
)
pulumi.export("password", hidden)
"""


def _encodings(canary: str) -> set[str]:
    """Return what a canary may look like in a text: the middles, as what is around it varies."""
    raw = canary.encode()
    found = {canary, quote(canary), quote_plus(canary), json.dumps(canary)[1:-1], raw.hex()}
    for lead in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            found.add(encode(b"x" * lead + raw).decode().rstrip("=")[4:-4])
    return found


@pytest.fixture(scope="module")
def with_secrets(tmp_path_factory: pytest.TempPathFactory) -> Diff:
    blueprint = (BASES / "given.yaml").read_text(encoding="utf-8")
    sides = []
    for side in ("one", "two"):
        folder = tmp_path_factory.mktemp(side)
        program = _PROGRAM.format(canary=_CANARY.format(side))
        write(folder, {"blueprint.yaml": blueprint, "stacks/platform/__main__.py": program})
        sides.append(plan_environment(folder / "blueprint.yaml", "prod"))
    return whole(compare(sides[0], sides[1]), replace(compare(None, sides[1]), environment="new"))


def test_a_change_of_a_secret_is_told_where_the_plan_can_know_it(with_secrets: Diff) -> None:
    """No value is in a plan, so the new environment shows that the secrets are in the diff."""
    new = {one.name: one for one in with_secrets.environments[1].changes}
    assert {"login", "other", "settings", "job"} <= new.keys()
    assert "$secret" in to_json(with_secrets)
    assert "shown as it is" in render(with_secrets, "json")


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("side", ["one", "two"])
def test_no_secret_is_in_any_report(with_secrets: Diff, format_: str, side: str) -> None:
    text = render(with_secrets, format_)
    found = [encoded for encoded in _encodings(_CANARY.format(side)) if encoded in text]
    assert found == []


# --- comments ---------------------------------------------------------------------------------


@given(
    copies=st.integers(1, 20),
    limit=st.integers(LEAST, GITHUB_BYTES),
    most=st.integers(1, 5),
)
@settings(max_examples=8)
def test_a_comment_keeps_every_limit_and_tells_the_totals(
    copies: int, limit: int, most: int
) -> None:
    new = compare(None, planned("aws-production", "prod"))
    diff = whole(*(replace(new, environment=f"env{n}") for n in range(copies)))
    messages = parts(sections(diff), limit, most=most)
    assert 1 <= len(messages) <= most
    assert max(len(message.encode()) for message in messages) <= limit
    assert f"{copies * len(new.managed):,}".replace(",", "") in messages[0].replace(",", "")


@pytest.mark.parametrize("name", EVENTFUL)
def test_the_comment_of_what_happens_fits_and_begins_with_the_verdict(name: str) -> None:
    diff = eventful(name)
    messages = parts(sections(diff), LEAST)
    assert max(len(message.encode()) for message in messages) <= LEAST
    assert diff.verdict.sentence.split(" ")[0] in messages[0]


@pytest.mark.parametrize("name", EVENTFUL)
def test_every_report_of_what_happens_can_be_made(name: str) -> None:
    reports = {format_: render(eventful(name), format_) for format_ in FORMATS}
    assert min(map(len, reports.values())) > 100


# --- the JSON ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVENTFUL)
def test_a_diff_survives_its_json(name: str) -> None:
    diff = eventful(name)
    text = to_json(diff)
    assert from_json(text.encode(), "diff.json") == diff
    assert to_json(from_json(text.encode(), "diff.json")) == text


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=4,
)


@given(data=st.data())
@settings(max_examples=60)
def test_a_mutated_diff_is_refused_or_can_be_shown(data: st.DataObject) -> None:
    document = json.loads(to_json(eventful("a-policy-lets-everybody-in")))
    _mutate(document, data)
    try:
        diff = from_json(json.dumps(document).encode(), "diff.json")
    except InputError:
        return
    for format_ in FORMATS:
        render(diff, format_)


def _mutate(document: Any, data: st.DataObject) -> None:
    """Replace, remove or add something, at a random place of a document."""
    place = document
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        inner = place[key]
        if not (isinstance(inner, dict | list) and inner) or data.draw(st.booleans()):
            break
        place = inner
    if data.draw(st.booleans()):
        place[key] = data.draw(_JSON)
    elif isinstance(place, dict):
        place[data.draw(st.text(max_size=8))] = place.pop(key)
    else:
        del place[key]


@given(st.binary(max_size=200))
def test_what_is_no_diff_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        from_json(data, "diff.json")
