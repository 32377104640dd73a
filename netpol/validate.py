"""What the API server accepts as a name, a label, a port or a CIDR.

Each `wrong_…` function answers with what is wrong with a value and what would be right, or with
`None` where the API server has nothing against it.
"""

import re
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from netpol.model import IPAddress, IPNetwork

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_DNS_LABEL = re.compile(_LABEL)
_DNS_SUBDOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_QUALIFIED_NAME = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_PORT_NAME = re.compile(r"(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*")
_LEADING_ZEROS = re.compile(r"(?<![0-9A-Fa-f])0+(?=[0-9A-Fa-f])")
_MAPPED = IPv6Network("::ffff:0:0/96")


def check_dns_label(text: str) -> str | None:
    if len(text) <= 63 and _DNS_LABEL.fullmatch(text):
        return None
    return (
        "must be at most 63 of lower-case letters, digits and '-', "
        "with a letter or digit at both ends"
    )


def check_dns_subdomain(text: str) -> str | None:
    if len(text) <= 253 and _DNS_SUBDOMAIN.fullmatch(text):
        return None
    return (
        "must be at most 253 of lower-case letters, digits, '-' and '.', "
        "with a letter or digit at both ends of each part between dots"
    )


def check_label_key(text: str) -> str | None:
    prefix, slash, name = text.rpartition("/")
    if slash and check_dns_subdomain(prefix):
        return f"the part before '/' {check_dns_subdomain(prefix)}"
    if len(name) <= 63 and _QUALIFIED_NAME.fullmatch(name):
        return None
    return (
        "must be 1 to 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends, "
        "after an optional DNS name and '/'"
    )


def check_label_value(text: str) -> str | None:
    if not text or (len(text) <= 63 and _QUALIFIED_NAME.fullmatch(text)):
        return None
    return (
        "must be empty or at most 63 letters, digits, '-', '_' and '.', "
        "with a letter or digit at both ends"
    )


def check_port_number(number: int) -> str | None:
    return None if 1 <= number <= 65535 else "must be a number from 1 to 65535"


def check_port_name(text: str) -> str | None:
    if len(text) <= 15 and _PORT_NAME.fullmatch(text):
        return None
    if text.isdecimal():
        return "is text; write the number without quotes"
    return (
        "must be a port name: at most 15 of lower-case letters, digits and single '-', "
        "at least one letter, no '-' at the ends"
    )


def parse_address(text: str) -> IPAddress | None:
    """The address that an API server reads in `text`, `None` if it reads none.

    As Go reads it: leading zeros are decimal, and an IPv4-mapped IPv6 address is the IPv4 one.
    """
    if "%" in text:
        return None
    read = _parse_strictly(_LEADING_ZEROS.sub("", text))
    return getattr(read, "ipv4_mapped", None) or read


def parse_network(text: str) -> IPNetwork | None:
    """The block that API servers up to 1.35 read in `text`, `None` if they read none.

    Bits beyond the prefix are masked; leading zeros and IPv4-mapped addresses are read as in
    `address`. A bare address is no block.
    """
    first, _, prefix = text.partition("/")
    if "%" in first or not re.fullmatch("[0-9]+", prefix):
        return None
    try:
        block = ip_network((_LEADING_ZEROS.sub("", first), int(prefix)), strict=False)
    except ValueError:
        return None
    if isinstance(block, IPv6Network) and block.subnet_of(_MAPPED):
        return IPv4Network((int(block.network_address) & 0xFFFFFFFF, block.prefixlen - 96))
    return block


def check_since_1_36(text: str) -> str | None:
    """What API servers from 1.36 have against a block that earlier ones masked."""
    block = parse_network(text)
    first, _, prefix = text.partition("/")
    if block is None:
        return None
    if str(int(prefix)) != prefix or _parse_strictly(first) is None:
        return f"must not have leading zeros: write {block}"
    if (":" in first) is not (block.version == 6):
        return f"must not be an IPv4-mapped IPv6 address: write {block}"
    if parse_address(first) != block.network_address:
        return f"must not have bits set beyond the prefix length: write {block}"
    return None


def _parse_strictly(text: str) -> IPAddress | None:
    """Without leniency: leading zeros are for groups of IPv6 alone, to fill four digits."""
    try:
        return ip_address(text)
    except ValueError:
        return None
