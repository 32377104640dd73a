"""Arbitrary valid policies, pods and clusters for hypothesis."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from netpol.model import Cluster, ContainerPort, Pod, Policy, Protocol
from netpol.parse import Json, policy
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
        {"cidr": "fd00::/16"},
    ]
)
DECLARED = st.sampled_from(
    [(), *((ContainerPort("web", port, Protocol.TCP),) for port in (80, 81))]
)
PEERS: st.SearchStrategy[Json] = st.one_of(
    st.fixed_dictionaries({"podSelector": SELECTORS}),
    st.fixed_dictionaries({"namespaceSelector": TEAMS}, optional={"podSelector": SELECTORS}),
    st.fixed_dictionaries({"ipBlock": BLOCKS}),
)
POLICY_PORTS: st.SearchStrategy[Json] = st.one_of(
    st.fixed_dictionaries({}, optional={"protocol": PROTOCOLS, "port": PORTS}),
    st.fixed_dictionaries({"port": st.just(80), "endPort": st.sampled_from([80, 85])}),
    st.fixed_dictionaries({"port": st.just("web")}, optional={"protocol": PROTOCOLS}),
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
    return manifests().map(lambda listed: [policy(manifest) for manifest in listed])


@st.composite
def pods(draw: st.DrawFn) -> list[Pod]:
    """Up to five pods with any labels; dual-stack, on their node's network, without address."""
    names = st.sampled_from(["x/a", "x/b", "x/c", "y/a", "y/b"])
    listed = draw(st.lists(names, min_size=1, unique=True))
    return [_pod(draw, name) for name in listed]


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
    return Cluster.of(NAMESPACES, draw(pods()), draw(policies()))


@st.composite
def classes(draw: st.DrawFn) -> Cluster:
    """As in a class: the same policies in both namespaces."""
    listed = draw(policies())
    copied = [replace(each, namespace="y") for each in listed]
    return Cluster.of(NAMESPACES, draw(pods()), [*listed, *copied])
