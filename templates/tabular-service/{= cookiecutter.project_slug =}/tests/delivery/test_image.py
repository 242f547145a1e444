"""An environment runs an image by its digest, and nothing else."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from {= cookiecutter.package_name =}.delivery.image import (
    Image,
    image_file,
    parse_image,
    record_image,
    recorded_image,
)
from {= cookiecutter.package_name =}.errors import InputError

DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"registry.example.com/team/model@{DIGEST}", "registry.example.com/team/model"),
        (f"localhost:5000/model@{DIGEST}", "localhost:5000/model"),
        (f"ghcr.io/team/model:1.2@{DIGEST}", "ghcr.io/team/model"),
    ],
)
def test_an_image_is_its_name_and_digest(text: str, name: str) -> None:
    assert parse_image(text) == Image(name, DIGEST)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "registry.example.com/model",
        "registry.example.com/model:latest",
        f"model@{DIGEST}",
        f"https://registry.example.com/model@{DIGEST}",
        f"registry.example.com/Model@{DIGEST}",
        f"registry.example.com/model@{DIGEST}0",
        f"registry.example.com/model@{DIGEST.upper()}",
        f"registry.example.com/model@{DIGEST}\n",
        f"registry.example.com/../model@{DIGEST}",
        f"user:password@registry.example.com/model@{DIGEST}",
        f"registry.example.com/$(id)@{DIGEST}",
    ],
)
def test_an_image_without_a_digest_or_name_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="expected REGISTRY/NAME@sha256"):
        parse_image(text)


@given(st.text(max_size=120))
def test_any_text_is_an_image_or_refused_in_words(text: str) -> None:
    with suppress(InputError):
        image = parse_image(text)
        assert parse_image(str(image)) == image


def test_a_recorded_image_is_read_back(tmp_path: Path) -> None:
    image = Image("registry.example.com/team/model", DIGEST)

    record_image(tmp_path, "dev", image)

    assert recorded_image(tmp_path, "dev") == image
    assert list(image_file(tmp_path, "dev").parent.iterdir()) == [image_file(tmp_path, "dev")]


def test_the_file_of_the_pipeline_is_read(tmp_path: Path) -> None:
    file = image_file(tmp_path, "dev")
    file.parent.mkdir(parents=True)
    file.write_text(f"image: registry.example.com/model@{DIGEST}\n", encoding="utf-8")

    assert recorded_image(tmp_path, "dev") == Image("registry.example.com/model", DIGEST)


def test_an_environment_without_an_image_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        recorded_image(tmp_path, "dev")

    assert "deploy/environments/dev/image.yaml is not there" in str(caught.value)
    assert "--image" in str(caught.value)


@pytest.mark.parametrize("content", ["[", "- a", "image: x:latest", "other: 1", "", "image: !!x y"])
def test_a_broken_record_is_refused_in_words(tmp_path: Path, content: str) -> None:
    file = image_file(tmp_path, "dev")
    file.parent.mkdir(parents=True)
    file.write_text(content, encoding="utf-8")

    with pytest.raises(InputError):
        recorded_image(tmp_path, "dev")
