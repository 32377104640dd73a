"""Arbitrary valid policies, pods and clusters for hypothesis."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from netpol.model import (
    Cluster,
    ContainerPort,
    Pod,
    Policy,
    Profile,
    Protocol,
    UnsupportedPolicy,
    build_cluster,
)
from netpol.parse import Json, parse_policy
from tests.netpol.drawing import NAMESPACES, pod

LABELS = st.dictionaries(st.sampled_from(["pod", "tier"]), st.sampled_from(["", "a", "b"]))
PORTS = st.sampled_from([80, 81, 90])
PROTOCOLS = st.sampled_from(list(Protocol))


def _expressions() -> st.SearchStrategy[Json]:
    keys, values = st.sampled_from(["pod", "tier"]), st.sampled_from(["", "a", "b"])
    return st.one_of(
        st.fixed_dictionaries(
            {"key": keys, "operator": st.sampled_from(["Exists", "DoesNotExist"])}
        ),
        st.fixed_dictionaries(
            {
                "key": keys,
                "operator": st.sampled_from(["In", "NotIn"]),
                "values": st.lists(values, min_size=1, max_size=2),
            }
        ),
    )


SELECTORS = st.fixed_dictionaries(
    {}, optional={"matchLabels": LABELS, "matchExpressions": st.lists(_expressions(), max_size=2)}
)
TEAMS = st.sampled_from([{}, {"matchLabels": {"team": "red"}}, {"matchLabels": {"team": "blue"}}])
BLOCKS = st.sampled_from(
    [
        {"cidr": "0.0.0.0/0"},
        {"cidr": "::/0"},
        {"cidr": "10.0.0.0/8", "except": ["10.0.0.0/28"]},
        {"cidr": "10.0.0.0/30", "except": ["10.0.0.0/31", "10.0.0.1/32"]},
        {"cidr": "255.255.255.254/31"},
        {"cidr": "fd00::/16"},
        {"cidr": "fd00::/16", "except": ["fd00::2/128"]},
    ]
)
DECLARED = st.sampled_from(
    [
        (),
        *((ContainerPort("web", port, Protocol.TCP),) for port in (80, 81)),
        tuple(ContainerPort("web", port, Protocol.TCP) for port in (80, 90)),
        tuple(ContainerPort("web", 80, protocol) for protocol in (Protocol.UDP, Protocol.SCTP)),
        (ContainerPort("api", 81, Protocol.TCP),),
    ]
)
PEERS: st.SearchStrategy[Json] = st.one_of(
    st.fixed_dictionaries({"podSelector": SELECTORS}),
    st.fixed_dictionaries({"namespaceSelector": TEAMS}, optional={"podSelector": SELECTORS}),
    st.fixed_dictionaries({"ipBlock": BLOCKS}),
)
POLICY_PORTS: st.SearchStrategy[Json] = st.one_of(
    st.fixed_dictionaries({}, optional={"protocol": PROTOCOLS, "port": PORTS}),
    st.fixed_dictionaries(
        {"port": PORTS, "endPort": st.sampled_from([90, 95, 65535])},
        optional={"protocol": PROTOCOLS},
    ),
    st.fixed_dictionaries(
        {"port": st.sampled_from(["web", "api"])}, optional={"protocol": PROTOCOLS}
    ),
)


def _rules(side: str) -> st.SearchStrategy[list[Json]]:
    rule = st.fixed_dictionaries(
        {},
        optional={"ports": st.lists(POLICY_PORTS, max_size=2), side: st.lists(PEERS, max_size=2)},
    )
    return st.lists(rule, max_size=2)


SPECS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "podSelector": SELECTORS,
        "ingress": _rules("from"),
        "egress": _rules("to"),
        "policyTypes": st.lists(st.sampled_from(["Ingress", "Egress"]), max_size=2),
    },
)


@st.composite
def manifests(draw: st.DrawFn) -> list[Json]:
    specs = draw(st.lists(SPECS, max_size=3))
    return [
        {"metadata": {"name": f"p{index}", "namespace": "x"}, "spec": spec}
        for index, spec in enumerate(specs)
    ]


def policies() -> st.SearchStrategy[list[Policy]]:
    return manifests().map(lambda listed: [parse_policy(manifest) for manifest in listed])


@st.composite
def pods(draw: st.DrawFn) -> list[Pod]:
    """Up to five pods with any labels; dual-stack, on their node's network, without address."""
    names = st.sampled_from(["x/a", "x/b", "x/c", "y/a", "y/b"])
    listed = draw(st.lists(names, min_size=1, unique=True))
    return [_pod(draw, name) for name in listed]


KINDS = st.sampled_from(
    [
        UnsupportedPolicy("CiliumNetworkPolicy", "extra", "y"),
        UnsupportedPolicy("AdminNetworkPolicy", "extra", None),
    ]
)
FEW = st.sampled_from([{}, {"matchLabels": {"tier": "a"}}])


def _dense_rules(side: str) -> st.SearchStrategy[list[Json]]:
    rule = st.fixed_dictionaries(
        {
            side: st.lists(
                PEERS | st.fixed_dictionaries({"ipBlock": BLOCKS}), min_size=1, max_size=2
            )
        },
        optional={"ports": st.lists(POLICY_PORTS, min_size=1, max_size=2)},
    )
    open_ = st.fixed_dictionaries({"ports": st.lists(POLICY_PORTS, min_size=1, max_size=2)})
    return st.lists(rule | rule | open_, min_size=1, max_size=2)


DENSE = st.fixed_dictionaries(
    {"podSelector": FEW, "ingress": _dense_rules("from"), "egress": _dense_rules("to")}
) | st.fixed_dictionaries({"podSelector": FEW, "egress": _dense_rules("to")})


def variants(first: Pod, labels: Mapping[str, str]) -> list[Pod]:
    """A pod, one that is equal to it, and others that each differ from it in one thing."""
    four, six = pod("x/a").addresses, pod("x/a", "fd00::1").addresses
    return [
        first,
        replace(first, name="twin"),
        replace(first, name="other-port", ports=(ContainerPort("web", 90, Protocol.TCP),)),
        replace(first, name="on-its-node", host_network=True),
        replace(first, name="no-address", addresses=()),
        replace(first, name="other-address", addresses=pod("x/a", "192.0.2.1").addresses),
        replace(first, name="dual-stack", addresses=four + six),
        replace(first, name="ipv6", addresses=six),
        replace(first, name="other-labels", labels=labels),
        replace(first, name="gateway", gateway=True),
    ]


@st.composite
def worlds(draw: st.DrawFn) -> Cluster:
    """Everything that an answer can depend on, and all at once: rules of both directions in both
    namespaces, pods that are nearly alike, objects of other kinds, network plugins.
    """
    listed = [
        parse_policy({"metadata": {"name": f"p{number}", "namespace": home}, "spec": spec})
        for home in "xy"
        for number, spec in enumerate(draw(st.lists(DENSE, max_size=2)))
    ]
    first = replace(pod("x/a"), labels=draw(LABELS), ports=draw(DECLARED))
    ends = [_pod(draw, "y/a"), *variants(first, draw(LABELS))]
    others = draw(st.sampled_from([[], [], [], [draw(KINDS)]]))
    profiles = [Profile.KUBERNETES, Profile.KUBERNETES, Profile.CILIUM, Profile.UNENFORCED]
    return replace(
        build_cluster(NAMESPACES, ends, listed, others), profile=draw(st.sampled_from(profiles))
    )


def _pod(draw: st.DrawFn, name: str) -> Pod:
    plain = pod(name)
    six = pod(name, f"fd00::{'abc'.index(plain.name) + 1}")
    addresses = draw(
        st.sampled_from([plain.addresses, plain.addresses + six.addresses, six.addresses, ()])
    )
    on_host = draw(st.integers(0, 7)) == 0
    return Pod(plain.namespace, plain.name, draw(LABELS), draw(DECLARED), addresses, on_host)


@st.composite
def clusters(draw: st.DrawFn) -> Cluster:
    return build_cluster(NAMESPACES, draw(pods()), draw(policies()))


@st.composite
def classes(draw: st.DrawFn) -> Cluster:
    """As in a class: the same policies in both namespaces."""
    listed = draw(policies())
    copied = [replace(each, namespace="y") for each in listed]
    return build_cluster(NAMESPACES, draw(pods()), [*listed, *copied])
