from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackwright.diff.properties.texts import DEEPEST, LARGEST, document
from stackwright.plan.graph import JsonValue, symbol

ARN = symbol("urn:pulumi:dev::acme::aws:s3/bucket:Bucket::data", "arn")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": [1, null, true]}', {"a": [1, None, True]}),
        (' ["a"]\n', ["a"]),
        ("a: 1\nb: [x, 'y: z']\n", {"a": 1, "b": ["x", "y: z"]}),
        ("- a: 1\n- b: 2\n", [{"a": 1}, {"b": 2}]),
        ("# why\nday: 2026-01-31\nat: 10:30\n", {"day": "2026-01-31", "at": 630}),
        ("kind: A\n---\nkind: B\n---\n", [{"kind": "A"}, {"kind": "B"}]),
        ('"a.b/c": 1\n"d": 2\n', {"a.b/c": 1, "d": 2}),
    ],
)
def test_json_and_yaml_are_read(text: str, found: JsonValue) -> None:
    assert document(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "note: one line is a sentence",
        "set -eu\nexport A=1\n",
        "SELECT 1;\nSELECT 2: 3;\n",
        "def run():\n    return {}\n",
        "{not json",
        "[2001:db8::1]",
        "a: 1\na b c\n",
        "a: &anchor 1\nb: *anchor\n",
        "a: !Ref b\nc: 1\n",
        "a: !!python/object/apply:os.system [true]\nb: 1\n",
        "1: a\n2: b\n",
        "a: " + "[" * (DEEPEST + 9) + "]" * (DEEPEST + 9) + "\nb: 1\n",
        "[" * 100_000,
        '{"a": "' + "x" * LARGEST + '"}',
        "stackwrightSymbol5x: 1\na: 2\n",
    ],
)
def test_every_other_text_is_a_text(text: str) -> None:
    assert document(text) is None


@pytest.mark.parametrize(
    "text",
    [
        f'{{"arn": "{ARN}", "all": "{ARN}/*", "{ARN}": 1}}',
        f'arn: {ARN}\nall: "{ARN}/*"\n{ARN}: 1\n',
        f'{{"arn": {ARN}, "all": {ARN}/*, {ARN}: 1}}',
    ],
)
def test_symbols_in_a_text_stay_what_they_are(text: str) -> None:
    assert document(text) == {"arn": ARN, "all": f"{ARN}/*", ARN: 1}


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just(ARN),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(st.dictionaries(st.text(), _json) | st.lists(_json))
def test_any_json_is_read_as_it_was_written(value: JsonValue) -> None:
    assert document(json.dumps(value, ensure_ascii=False)) == value


@given(st.text(alphabet="ab:-[]{}&*!|># \n\"'\t${}", max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = document(text)
    assert found is None or isinstance(found, dict | list)
