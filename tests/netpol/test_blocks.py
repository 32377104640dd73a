"""ipBlock peers and address families: section 5 of docs/semantics.md."""

from ipaddress import ip_network

import pytest

from netpol.evaluate import decide_connection
from netpol.model import IPBlock, Outcome, OutsideAddress, Protocol
from netpol.parse import ManifestFault, parse_policy
from netpol.validate import check_since_1_36, parse_address, parse_network
from tests.netpol.drawing import cluster, draw, pod, policies, table


def allowed_out(spec: str, *addresses: str) -> list[str]:
    state = cluster(f"{{policyTypes: [Egress], egress: [{spec}]}}")
    return [
        text
        for text in addresses
        if (end := parse_address(text))
        and decide_connection(state, state.pods[0], OutsideAddress(end), 80, Protocol.TCP).outcome
        is Outcome.ALLOW
    ]


def test_a_block_matches_its_addresses_but_those_of_except() -> None:
    block = "{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.2.0.0/16]}}]}"
    inside = ["10.0.0.0", "10.0.255.255", "10.3.0.0", "10.255.255.255"]
    out = ["9.255.255.255", "10.1.0.0", "10.1.255.255", "10.2.0.1", "11.0.0.0"]
    assert allowed_out(block, *inside, *out) == inside


@pytest.mark.parametrize(
    "readmitting",
    [
        (
            "{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}, "
            "{ipBlock: {cidr: 10.1.1.0/24}}]}"
        ),
        (
            "{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}, "
            "{to: [{ipBlock: {cidr: 10.1.1.0/24}}]}"
        ),
    ],
)
def test_except_cuts_its_own_block_only(readmitting: str) -> None:
    assert allowed_out(readmitting, "10.2.0.1", "10.1.1.1", "10.1.2.1") == ["10.2.0.1", "10.1.1.1"]


def test_another_policy_may_admit_what_except_cut_out() -> None:
    state = cluster(
        (
            "{policyTypes: [Egress], egress: "
            "[{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}]}"
        ),
        "{policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.1.1.0/24}}]}]}",
    )
    end = parse_address("10.1.1.1")
    assert end
    assert (
        decide_connection(state, state.pods[0], OutsideAddress(end), 80, Protocol.TCP).outcome
        is Outcome.ALLOW
    )


def test_blocks_of_one_family_never_match_the_other() -> None:
    four, six = "203.0.113.5", "2001:db8::5"
    assert allowed_out("{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}", four, six) == [four]
    assert allowed_out("{to: [{ipBlock: {cidr: '::/0'}}]}", four, six) == [six]
    assert allowed_out("{to: [{ipBlock: {cidr: '2001:db8::/32'}}]}", six, "2001:db9::") == [six]


def test_a_block_that_holds_a_pods_address_admits_the_pod() -> None:
    pods = (pod("x/a", "10.0.0.1"), pod("y/a", "10.0.1.1"), pod("y/b", "10.0.2.1"))
    state = cluster("{ingress: [{from: [{ipBlock: {cidr: 10.0.1.0/24}}]}]}", pods=pods)
    assert draw(state) == table(
        """
              x/a y/a y/b
        x/a    .   .   .
        y/a    .   .   .
        y/b    X   .   .
        """
    )


BOTH = {
    "agree": "{from: [{ipBlock: {cidr: 10.0.1.1/32}}, {ipBlock: {cidr: 'fd00::1/128'}}]}",
    "one": "{from: [{ipBlock: {cidr: 10.0.1.1/32}}]}",
    "none": "{from: [{ipBlock: {cidr: 10.9.0.0/16}}]}",
}


@pytest.mark.parametrize(
    ("rule", "destination", "expected"),
    [
        ("agree", ["10.0.0.1", "fd00::2"], Outcome.ALLOW),
        ("one", ["10.0.0.1", "fd00::2"], Outcome.UNKNOWN),
        ("none", ["10.0.0.1", "fd00::2"], Outcome.DENY),
        ("one", ["10.0.0.1"], Outcome.ALLOW),
        ("one", ["fd00::2"], Outcome.DENY),
    ],
)
def test_each_common_family_is_a_connection_of_its_own(
    rule: str, destination: list[str], expected: Outcome
) -> None:
    source, target = pod("y/a", "10.0.1.1", "fd00::1"), pod("x/a", *destination)
    state = cluster(f"ingress: [{BOTH[rule]}]", pods=(source, target))
    verdict = decide_connection(state, source, target, 80, Protocol.TCP)
    assert verdict.outcome is expected
    assert verdict.ingress.undefined == (
        ("the answer differs between IPv4 and IPv6",) if expected is Outcome.UNKNOWN else ()
    )


def test_a_connection_denied_in_each_family_by_another_end_is_denied() -> None:
    source, target = pod("x/a", "10.0.0.1", "fd00::1"), pod("x/b", "10.0.0.2", "fd00::2")
    state = cluster(
        (
            "{podSelector: {matchLabels: {pod: a}}, policyTypes: [Egress], "
            "egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}"
        ),
        "{podSelector: {matchLabels: {pod: b}}, ingress: [{from: [{ipBlock: {cidr: '::/0'}}]}]}",
        pods=(source, target),
    )
    assert decide_connection(state, source, target, 80, Protocol.TCP).outcome is Outcome.DENY


def test_ends_without_a_common_family_are_judged_by_what_they_have() -> None:
    source, target = pod("y/a", "fd00::1"), pod("x/a", "10.0.0.1")
    for block, expected in (("'fd00::/16'", Outcome.ALLOW), ("0.0.0.0/0", Outcome.DENY)):
        spec = f"ingress: [{{from: [{{ipBlock: {{cidr: {block}}}}}]}}]"
        state = cluster(spec, pods=(source, target))
        assert decide_connection(state, source, target, 80, Protocol.TCP).outcome is expected


LEGACY = [
    ("10.0.0.1/8", "10.0.0.0/8", "bits set beyond"),
    ("2001:db8::1/32", "2001:db8::/32", "bits set beyond"),
    ("010.0.0.0/8", "10.0.0.0/8", "leading zeros"),
    ("2001:00db8::/32", "2001:db8::/32", "leading zeros"),
    ("10.0.0.0/08", "10.0.0.0/8", "leading zeros"),
    ("010.000.010.001/8", "10.0.0.0/8", "leading zeros"),
    ("::ffff:10.0.0.0/104", "10.0.0.0/8", "IPv4-mapped"),
    ("::ffff:10.1.2.3/104", "10.0.0.0/8", "IPv4-mapped"),
    ("::ffff:0a00:0/128", "10.0.0.0/32", "IPv4-mapped"),
]


@pytest.mark.parametrize(("text", "masked", "problem"), LEGACY)
def test_blocks_that_servers_mask_up_to_1_35_and_refuse_from_1_36(
    text: str, masked: str, problem: str
) -> None:
    block = ip_network(masked)
    assert parse_network(text) == block
    assert problem in (check_since_1_36(text) or "")
    warnings: list[ManifestFault] = []
    manifest = {
        "metadata": {"name": "p"},
        "spec": {"ingress": [{"from": [{"ipBlock": {"cidr": text}}]}]},
    }
    read = parse_policy(manifest, warn=warnings.append)
    assert read.ingress
    assert read.ingress[0].peers == (IPBlock(block),)
    (warning,) = warnings
    assert warning.field == "spec.ingress[0].from[0].ipBlock.cidr"
    assert masked in warning.message


@pytest.mark.parametrize(
    "text", ["10.0.0.0/8", "0.0.0.0/0", "::/0", "FD00:0::/16", "2001:0db8::/32", "::1.2.3.4/128"]
)
def test_blocks_that_every_server_takes(text: str) -> None:
    assert parse_network(text)
    assert check_since_1_36(text) is None


@pytest.mark.parametrize("strict_cidr", [False, True])
def test_blocks_in_another_than_the_canonical_form_are_warned_of(*, strict_cidr: bool) -> None:
    warnings: list[ManifestFault] = []
    manifest = {
        "metadata": {"name": "p"},
        "spec": {"egress": [{"to": [{"ipBlock": {"cidr": "2001:0DB8:0::/32"}}]}]},
    }
    parse_policy(manifest, strict_cidr=strict_cidr, warn=warnings.append)
    (warning,) = warnings
    assert warning.field == "spec.egress[0].to[0].ipBlock.cidr"
    assert "2001:db8::/32" in warning.message


def test_a_block_that_is_mapped_only_in_part_stays_ipv6() -> None:
    assert parse_network("::ffff:10.0.0.0/90") == ip_network("::ffc0:0:0/90")


@pytest.mark.parametrize(
    "text",
    [
        *("", "any", "/8", "10.0.0.1", "10.0.0.0/", "10.0.0/8", "256.0.0.0/8", " 10.0.0.0/8"),
        *("10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8 ", "10.0.0.0/8/8"),
        *("10.0.0.0/255.0.0.0", "::/129", "::1::/64", "1:2:3:4:5:6:7:8:9/64", "fe80::1%eth0/64"),
        f"10.0.0.0/{'9' * 5000}",
    ],
)
def test_texts_that_are_no_block(text: str) -> None:
    assert parse_network(text) is None


def test_a_policys_blocks_keep_their_order() -> None:
    (read,) = policies("ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}]")
    assert read.ingress
    assert read.ingress[0].peers == (
        IPBlock(ip_network("10.0.0.0/8"), (ip_network("10.1.0.0/16"),)),
    )
