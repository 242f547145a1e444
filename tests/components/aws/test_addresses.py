from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from stackwright.aws.addresses import AllowedRange, NetworkRange, host_bits

NETWORK: TypeAdapter[str] = TypeAdapter(NetworkRange)
ALLOWED: TypeAdapter[str] = TypeAdapter(AllowedRange)


@given(st.ip_addresses(v=4), st.integers(0, 32))
def test_only_private_ranges_from_16_to_20_are_networks(address: object, size: int) -> None:
    text = f"{address}/{size}"
    rfc_1918 = [ip_network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
    private = any(address in network for network in rfc_1918)
    assert accepts(NETWORK, text) == (private and 16 <= size <= 20)


@given(st.ip_addresses(v=4), st.integers(0, 40))
def test_only_ranges_no_wider_than_16_are_let_in(address: object, size: int) -> None:
    assert accepts(ALLOWED, f"{address}/{size}") == (16 <= size <= 32)


@pytest.mark.parametrize(
    "text", ["", "10.0.0.0", "10.0.0/16", "010.0.0.0/16", "10.0.0.0/16\n", " 10.0.0.0/16", "::/0"]
)
def test_what_is_no_range_is_refused(text: str) -> None:
    assert not accepts(NETWORK, text)
    assert not accepts(ALLOWED, text)


def test_an_address_inside_a_range_names_the_range() -> None:
    assert host_bits("10.20.0.0/16") is None
    assert host_bits("10.20.1.0/16") == (
        "10.20.1.0/16 is an address inside a range; the range itself is 10.20.0.0/16."
    )


def accepts(adapter: TypeAdapter[str], text: str) -> bool:
    try:
        adapter.validate_python(text)
    except ValidationError:
        return False
    return True
