"""A rendered project is checked before it is written."""

from __future__ import annotations

import pytest
from tests.templates.support import small

from stackwright.errors import StackwrightError
from stackwright_cli.projects.renderer import RenderedFile
from stackwright_cli.projects.selfcheck import require_sound


def check(**files: bytes) -> None:
    require_sound(
        small(),
        {name.replace("_", "."): RenderedFile(text, "100644") for name, text in files.items()},
    )


def test_files_that_parse_are_sound() -> None:
    check(
        a_py=b"match = {}\n",
        a_toml=b"a = 1\n",
        a_yaml=b"a: 1\n---\nb: [2]\n",
        a_yml=b"",
        a_json=b"{}",
        a_txt=b'{"',
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.py", b"def f(:\n"),
        ("a.py", b"a = '\n"),
        ("a.toml", b"a = \n"),
        ("a.toml", b"a = 1\na = 2\n"),
        ("a.yaml", b"a: [1\n"),
        ("a.yml", b"a: !!python/name:os.system x\n"),
        ("a.json", b"{"),
        ("a.json", b"[" * 100_000),
    ],
)
def test_a_file_that_does_not_parse_is_named(name: str, content: bytes) -> None:
    with pytest.raises(StackwrightError, match=rf"{name} does not parse: "):
        require_sound(small(), {name: RenderedFile(content, "100644")})


@pytest.mark.parametrize("mark", ["{=", "=}", "{%", "%}", "{*", "*}"])
def test_a_delimiter_that_is_left_is_found(mark: str) -> None:
    with pytest.raises(StackwrightError) as caught:
        check(a_md=f"one\ntwo {mark}\n".encode())
    assert f"a.md still holds {mark!r} in line 2" in str(caught.value)


def test_every_file_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(StackwrightError) as caught:
        check(a_json=b"{", b_toml=b"=", c_txt=b"{=")
    assert [name for name in ("a.json", "b.toml", "c.txt") if name in str(caught.value)] == [
        "a.json",
        "b.toml",
        "c.txt",
    ]


def test_a_copied_file_is_not_read() -> None:
    require_sound(small(), {"a.json": RenderedFile(b"\xff{=", "100644", copied=True)})


def test_python_is_parsed_and_never_run() -> None:
    check(a_py=b"raise SystemExit(7)\n")
