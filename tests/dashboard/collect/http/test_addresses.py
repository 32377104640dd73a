"""Which addresses a probe may connect to."""

from ipaddress import ip_address, ip_network

import pytest

from dashboard.collect.http.addresses import is_allowed_address


@pytest.mark.parametrize(
    ("address", "permitted"),
    [
        ("8.8.8.8", True),
        ("2606:4700:4700::1111", True),
        ("10.244.0.7", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::169.254.169.254", False),
        ("64:ff9b::8.8.8.8", True),
    ],
)
def test_only_public_addresses_are_permitted(address: str, permitted: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_allowed_address(ip_address(address), ()) is permitted


def test_an_allowed_network_permits_its_addresses_however_they_are_written() -> None:
    networks = (ip_network("192.168.0.0/16"),)
    assert is_allowed_address(ip_address("192.168.7.7"), networks)
    assert is_allowed_address(ip_address("::ffff:192.168.7.7"), networks)
    assert not is_allowed_address(ip_address("10.0.0.1"), networks)


@pytest.mark.parametrize(
    "text",
    ["fec0::1", "64:ff9b:1::a9fe:a9fe", "::127.0.0.1", "::ffff:0:127.0.0.1", "5f00::1", "3fff::1"],
)
def test_no_odd_form_of_ipv6_leads_inside(text: str) -> None:
    assert not is_allowed_address(ip_address(text), [])
