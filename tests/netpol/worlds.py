"""Generated clusters that reach every corner, as manifests: values are few, so that they meet."""

from typing import Any

from hypothesis import strategies as st

from tests.netpol.naive import Connection, End, Json, World

PORTS = (1, 80, 81, 8080, 65535)
OUTSIDE = ("203.0.113.5", "2001:db8::5")
MISSING = st.just(...)
VALUES = st.sampled_from(["", "a", "b"])
KEYS = st.sampled_from(["app", "tier"])
PROTOCOLS = st.sampled_from(["TCP", "UDP", "SCTP"])


def mostly(
    values: st.SearchStrategy[Any], *others: st.SearchStrategy[Any]
) -> st.SearchStrategy[Any]:
    """Left to itself, hypothesis draws nearly nothing but empty objects and short lists."""
    weighted = [values] * 4 * max(1, len(others)) + [*others]
    return st.sampled_from(weighted).flatmap(lambda chosen: chosen)


@st.composite
def fields(draw: st.DrawFn, /, **values: st.SearchStrategy[Any]) -> Json:
    """An object in which each field may be missing or null."""
    drawn = {name: draw(mostly(value, st.none(), MISSING)) for name, value in values.items()}
    return {name: value for name, value in drawn.items() if value is not ...}


def few(values: st.SearchStrategy[Any], most: int = 2) -> st.SearchStrategy[list[Any]]:
    filled = st.lists(values, min_size=1, max_size=most)
    return mostly(filled, st.just([]))


LABELS = st.dictionaries(KEYS, VALUES, max_size=2)
TERMS: st.SearchStrategy[Json] = st.one_of(
    st.fixed_dictionaries(
        {"key": KEYS, "operator": st.sampled_from(["Exists", "DoesNotExist"])},
        optional={"values": st.none() | st.just([])},
    ),
    st.fixed_dictionaries(
        {
            "key": KEYS,
            "operator": st.sampled_from(["In", "NotIn"]),
            "values": st.lists(st.none() | VALUES, min_size=1, max_size=2),
        }
    ),
)
SELECTORS = fields(
    matchLabels=st.dictionaries(KEYS, st.none() | VALUES, max_size=2), matchExpressions=few(TERMS)
)
NAMES = st.sampled_from(
    [{"matchLabels": {"kubernetes.io/metadata.name": name}} for name in ("default", "y", "z")]
)
CIDRS: list[tuple[str, list[str]]] = [
    ("0.0.0.0/0", ["10.0.0.0/9", "203.0.113.0/24", "10.0.0.2/31"]),
    ("::/0", ["fd00::/16", "2001:db8::5/128"]),
    ("10.0.0.0/8", ["10.0.0.0/30", "10.128.0.0/9", "10.0.0.1/32"]),
    ("10.0.0.3/30", ["10.0.0.2/31"]),
    ("203.0.113.5/32", []),
    ("192.0.2.0/24", ["192.0.2.1/32"]),
    ("fd00::1/64", ["fd00::2/127"]),
]


@st.composite
def blocks(draw: st.DrawFn) -> Json:
    cidr, parts = draw(st.sampled_from(CIDRS))
    excluded = few(st.sampled_from(parts)) if parts else st.just([])
    return {"cidr": cidr, **draw(fields(**{"except": excluded}))}


PEERS: st.SearchStrategy[Json] = st.one_of(
    st.fixed_dictionaries({"podSelector": SELECTORS}, optional={"ipBlock": st.none()}),
    st.fixed_dictionaries(
        {"namespaceSelector": mostly(SELECTORS, NAMES, st.just({}))},
        optional={"podSelector": st.none() | SELECTORS},
    ),
    st.fixed_dictionaries({"ipBlock": blocks()}, optional={"podSelector": st.none()}),
)


@st.composite
def policy_ports(draw: st.DrawFn) -> Json:
    port = draw(fields(protocol=PROTOCOLS, port=st.sampled_from([*PORTS, "web", "dns"])))
    if isinstance(first := port.get("port"), int):
        more = draw(st.sampled_from([0, 1, 65535 - first]))
        port |= draw(fields(endPort=st.just(min(first + more, 65535))))
    return port


def rules(side: str) -> st.SearchStrategy[list[Json | None]]:
    ports = few(mostly(policy_ports(), st.none()), 3)
    ports = mostly(ports, st.just([{}]), st.just([None]))
    listed = few(mostly(fields(**{side: few(PEERS, 3), "ports": ports}), st.none(), st.just({})))
    return mostly(listed, st.just([{}]), st.just([None]))


TYPES = few(st.sampled_from(["Ingress", "Egress"])) | st.just(["Egress", "Ingress"])
SPECS = fields(
    podSelector=st.just({}) | SELECTORS,
    policyTypes=TYPES,
    ingress=rules("from"),
    egress=rules("to"),
)
HOMES = st.sampled_from([None, "default", "y", "y"])


@st.composite
def policies(draw: st.DrawFn) -> list[Json]:
    listed = draw(few(st.tuples(HOMES, mostly(SPECS, st.none())), 4))
    return [
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": f"p{number}", "namespace": home},
            "spec": spec,
        }
        for number, (home, spec) in enumerate(listed)
    ]


@st.composite
def declared(draw: st.DrawFn) -> list[Json | None]:
    """Containers: the same name stands for another number or protocol on each pod."""
    port = st.fixed_dictionaries(
        {"containerPort": st.sampled_from(PORTS), "name": st.sampled_from(["web", "dns", ""])},
        optional={"protocol": st.none() | PROTOCOLS},
    )
    return draw(few(mostly(fields(ports=few(port)), st.none())))


@st.composite
def pods(draw: st.DrawFn, number: int) -> Json:
    four, six = f"10.0.0.{number}", f"fd00::{number}"
    on_node = draw(mostly(st.none(), st.just(True)))
    if on_node:
        four = "192.0.2.1"
    known = [{"podIP": four}, {"podIP": four, "podIPs": [{"ip": four}, {"ip": six}]}]
    status = draw(st.sampled_from([*known, known[0], {"podIP": six}, {"podIP": ""}, None]))
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"pod{number}",
            "namespace": draw(st.sampled_from([None, "y", "y", "z"])),
            "labels": draw(mostly(LABELS, st.none())),
        },
        "spec": {"hostNetwork": on_node, "containers": draw(declared())},
        "status": status,
    }


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Namespaces default, y and z: some without labels, some that are not listed at all."""
    listed = [
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": name, **draw(fields(labels=LABELS))},
        }
        for name in draw(st.lists(st.sampled_from(["default", "y", "z"]), unique=True))
    ]
    count = draw(st.integers(1, 5))
    return World(listed, [draw(pods(number)) for number in range(1, count + 1)], draw(policies()))


QUESTIONS = st.tuples(st.sampled_from(PORTS), PROTOCOLS | st.just("TCP"))


def connections(world: World, port: int, protocol: str) -> list[Connection]:
    """Between all ends but two addresses outside."""
    ends: list[End] = [*world.pods, *OUTSIDE]
    return [
        Connection(source, destination, port, protocol)
        for source in ends
        for destination in ends
        if not (isinstance(source, str) and isinstance(destination, str))
    ]
