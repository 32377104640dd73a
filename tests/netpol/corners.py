"""The corners of the API that a cluster reaches, by name, to count those of generated ones."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from tests.netpol.naive import EGRESS, INGRESS, Json, World, addresses, declared, on_node, spec

Holds = Callable[[Json], bool]
MISSING = object()


def forms(field: str, *forms: object) -> dict[str, Holds]:
    """A field that is missing, null, or one of these values."""
    names = {"missing": MISSING, "null": None, **{str(form): form for form in forms}}
    return {f"{field} {name}": _having(field, form) for name, form in names.items()}


def _having(field: str, form: object) -> Holds:
    return lambda given: _same(given.get(field, MISSING), form)


def _using(operator: str) -> Holds:
    return lambda given: any(term["operator"] == operator for term in terms(given))


def _same(value: object, form: object) -> bool:
    return value is form or (type(value) is type(form) and value == form)


SPECS: Mapping[str, Holds] = {
    **forms("podSelector", {}),
    **forms("ingress", [], [{}], [None]),
    **forms("egress", [], [{}], [None]),
    **forms("policyTypes", [], ["Egress"], ["Egress", "Ingress"], ["Ingress", "Ingress"]),
    "egress rules without policyTypes": lambda given: bool(
        given.get("egress") and not given.get("policyTypes")
    ),
    "rules without their type": lambda given: (
        bool(given.get("ingress")) and given.get("policyTypes") == ["Egress"]
    ),
}
RULES: Mapping[str, Holds] = {
    **forms("ports", [], [{}], [None]),
    "two peers": lambda given: len(peers(given)) > 1,
    "peer and port": lambda given: bool(peers(given) and given.get("ports")),
    "peers missing": lambda given: not given.keys() & {"from", "to"},
    "peers null": lambda given: None in (given.get("from", 0), given.get("to", 0)),
    "peers []": lambda given: [] in (given.get("from"), given.get("to")),
}
PEERS: Mapping[str, Holds] = {
    "podSelector alone": lambda given: given.keys() == {"podSelector"},
    "namespaceSelector alone": lambda given: given.keys() == {"namespaceSelector"},
    "both selectors": lambda given: (
        None not in map(given.get, ("podSelector", "namespaceSelector"))
    ),
    "podSelector {}": lambda given: given.get("podSelector") == {},
    "namespaceSelector {}": lambda given: given.get("namespaceSelector") == {},
    "namespaceSelector by name": lambda given: "metadata.name" in str(given),
    "IPv6 block": lambda given: ":" in block(given).get("cidr", ""),
    "block with host bits": lambda given: block(given).get("cidr") in ("10.0.0.3/30", "fd00::1/64"),
    "except []": lambda given: block(given).get("except") == [],
    "except null": lambda given: block(given).get("except", 0) is None,
    "two excepts": lambda given: len(block(given).get("except") or []) > 1,
}
SELECTORS: Mapping[str, Holds] = {
    **forms("matchLabels", {}),
    **forms("matchExpressions", []),
    "labels and expressions": lambda given: bool(
        given.get("matchLabels") and given.get("matchExpressions")
    ),
    "two labels": lambda given: len(given.get("matchLabels") or {}) > 1,
    "label ''": lambda given: "" in (given.get("matchLabels") or {}).values(),
    "label null": lambda given: None in (given.get("matchLabels") or {}).values(),
    **{operator: _using(operator) for operator in ("In", "NotIn", "Exists", "DoesNotExist")},
    "two values": lambda given: any(len(term.get("values") or []) > 1 for term in terms(given)),
    "value ''": lambda given: any("" in (term.get("values") or []) for term in terms(given)),
}
PORTS: Mapping[str, Holds] = {
    **forms("protocol", "TCP", "UDP", "SCTP"),
    **forms("port", "web", "dns", 1, 65535),
    **forms("endPort", 65535),
    "endPort is port": lambda given: "endPort" in given and given["endPort"] == given["port"],
    "endPort past port": lambda given: bool(
        given.get("endPort") and given["endPort"] > given["port"]
    ),
    "name for UDP": lambda given: (
        isinstance(given.get("port"), str) and given.get("protocol") == "UDP"
    ),
}
PODS: Mapping[str, Holds] = {
    "hostNetwork": on_node,
    "no address": lambda pod: not addresses(pod),
    "IPv6 only": lambda pod: [len(each) for each in addresses(pod)] == [16],
    "dual-stack": lambda pod: len(addresses(pod)) == 2,
    "pod without labels": lambda pod: not pod["metadata"]["labels"],
    "pod label ''": lambda pod: "" in (pod["metadata"]["labels"] or {}).values(),
    "no containers": lambda pod: not spec(pod).get("containers"),
    "web for another protocol": lambda pod: any(
        name == "web" and protocol != "TCP" for name, _, protocol in declared(pod)
    ),
    "no protocol": lambda pod: any("protocol" not in port for port in container_ports(pod)),
}


def world_corners(world: World) -> Iterator[str]:
    if any(not each["metadata"].get("labels") for each in world.namespaces):
        yield "namespace without labels"
    if {home["metadata"]["name"] for home in world.namespaces} < {"default", "y", "z"}:
        yield "namespace not listed"
    if len({p["metadata"]["namespace"] or "default" for p in world.policies}) > 1:
        yield "policies in two namespaces"
    if len(world.policies) > 1:
        yield "several policies"
    if not world.policies:
        yield "no policy"
    if any(each["spec"] is None for each in world.policies):
        yield "spec null"
    webs = {port for pod in world.pods for port in declared(pod) if port[0] == "web"}
    if len({number for _, number, protocol in webs if protocol == "TCP"}) > 1:
        yield "web with two numbers"


WORLD = [
    *("namespace without labels", "namespace not listed", "policies in two namespaces"),
    *("several policies", "no policy", "spec null", "web with two numbers"),
]
ALL = [*SPECS, *RULES, *PEERS, *SELECTORS, *PORTS, *PODS, *WORLD]


def reached(world: World) -> set[str]:
    specs = [spec(policy) for policy in world.policies]
    each_rule = [
        rule
        for given in specs
        for side in (INGRESS, EGRESS)
        for rule in given.get(side.section) or []
        if rule
    ]
    each_peer = list(chain.from_iterable(map(peers, each_rule)))
    each_port = [port for rule in each_rule for port in rule.get("ports") or [] if port]
    each_selector = [given.get("podSelector") for given in specs] + [
        peer.get(key) for peer in each_peer for key in ("podSelector", "namespaceSelector")
    ]
    kinds = [
        (SPECS, specs),
        (RULES, each_rule),
        (PEERS, each_peer),
        (SELECTORS, [selector for selector in each_selector if selector]),
        (PORTS, each_port),
        (PODS, world.pods),
    ]
    return set(world_corners(world)) | {
        name
        for corners, found in kinds
        for name, holds in corners.items()
        if any(holds(each) for each in found)
    }


def peers(rule: Json) -> list[Json]:
    return rule.get("from") or rule.get("to") or []


def block(peer: Json) -> Json:
    return peer.get("ipBlock") or {}


def terms(selector: Json) -> list[Json]:
    return selector.get("matchExpressions") or []


def container_ports(pod: Json) -> list[Json]:
    containers = spec(pod).get("containers") or []
    return [port for each in containers if each for port in each.get("ports") or []]
