"""Where state is kept is chosen in words, and wrong words are refused before they are written."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from stackwright.claims import Layer
from stackwright.errors import InputError
from stackwright_cli.state_choice import StateChoice, state_choice

CLOUD = "https://api.pulumi.com"
KEY = "awskms://alias/acme?region=eu-west-1"
ARN = "awskms:///arn:aws:kms:eu-west-1:210987654321:key/1234?region=eu-west-1"


@pytest.mark.parametrize(
    ("state", "secrets", "url", "provider", "told"),
    [
        ("local", "", "file://../../state?dir_file_mode=0700", "passphrase", ""),
        ("local", KEY, "file://../../state?dir_file_mode=0700", KEY, KEY),
        ("pulumi-cloud", "", CLOUD, "", ""),
        ("pulumi-cloud", "passphrase", CLOUD, "passphrase", "passphrase"),
        ("pulumi-cloud", KEY, CLOUD, KEY, KEY),
        ("https://pulumi.acme.test", "", "https://pulumi.acme.test", "", ""),
        (
            "s3://acme-state/ml?region=eu-west-1",
            "",
            "s3://acme-state/ml?region=eu-west-1&awssdk=v2",
            "passphrase",
            "",
        ),
        (
            "s3://acme-state?awssdk=v2&region=eu-west-1",
            ARN,
            "s3://acme-state?awssdk=v2&region=eu-west-1",
            ARN,
            ARN,
        ),
        ("gs://acme-state", "passphrase", "gs://acme-state", "passphrase", ""),
        ("file:///srv/state", "", "file:///srv/state", "passphrase", ""),
    ],
)
def test_words_become_what_pulumi_reads(
    state: str, secrets: str, url: str, provider: str, told: str
) -> None:
    choice = state_choice(state, secrets)
    assert choice == StateChoice(url, provider)
    assert choice.told == told
    assert yaml.safe_load(choice.project_lines) == {"backend": {"url": url}}


@pytest.mark.parametrize(
    ("state", "secrets", "message"),
    [
        ("Local", "", '--state: "Local" does not fit; expected is one of local, '),
        ("", "", '--state: "" does not fit; '),
        ("s3://", "", '--state: "s3://" does not fit; '),
        ("http://acme.test", "", '--state: "http://acme.test" does not fit; '),
        ("s3://a b?region=eu-west-1", "", "--state: "),
        ("s3://[acme", "", '--state: "s3://[acme" is no address; '),
        ("s3://Acme?region=eu-west-1", "", '"Acme" is not the name of a bucket.'),
        ("s3://acme-state", "", "--state: no region is given; "),
        ("s3://acme-state?region=eu-west-9", "", '--state: "eu-west-9" is given; '),
        ("s3://me:canary@acme-state?region=eu-west-1", "", "--state: an address that holds a "),
        ("local", "kms", '--secrets: "kms" does not fit; expected is one of passphrase, '),
        ("local", "awskms://", '--secrets: "awskms://" does not fit; '),
        ("local", "awskms://alias/acme", "--secrets: no region is given; "),
        ("local", "s3://acme?region=eu-west-1", "--secrets: "),
    ],
)
def test_wrong_words_are_refused(state: str, secrets: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        state_choice(state, secrets)
    assert message in str(refused.value)
    assert "canary" not in str(refused.value)


def test_only_what_pulumi_must_be_told_is_written() -> None:
    layers = [Layer.FOUNDATION, Layer.PLATFORM]
    assert state_choice("pulumi-cloud").files(layers, ["dev"]) == {}
    assert state_choice().files(layers, ["dev"]) == {"state/.gitignore": "*\n"}
    files = state_choice("pulumi-cloud", KEY).files([Layer.PLATFORM], ["dev", "prod"])
    assert {path: yaml.safe_load(text) for path, text in files.items()} == {
        "stacks/platform/Pulumi.dev.yaml": {"secretsprovider": KEY},
        "stacks/platform/Pulumi.prod.yaml": {"secretsprovider": KEY},
    }


WORDS = st.one_of(
    st.text(max_size=40),
    st.builds(
        "{}://{}{}".format,
        st.sampled_from(["s3", "gs", "azblob", "https", "file", "awskms", "gcpkms", "ftp"]),
        st.text(max_size=30),
        st.sampled_from(["", "?region=eu-west-1", "?region=", "?region=eu-west-1&region=a"]),
    ),
)


@given(WORDS, WORDS)
def test_whatever_is_given_is_refused_or_read_back_from_the_files(state: str, secrets: str) -> None:
    try:
        choice = state_choice(state, secrets)
    except InputError:
        return
    assert yaml.safe_load(choice.project_lines) == {"backend": {"url": choice.url}}
    for text in choice.files([Layer.PLATFORM], ["dev"]).values():
        assert text == "*\n" or yaml.safe_load(text) == {"secretsprovider": secrets}
