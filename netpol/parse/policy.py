"""NetworkPolicy: defaulted and validated as the API server does it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from netpol import validate
from netpol.model import (
    Direction,
    NamedPort,
    Peer,
    PodPeer,
    Policy,
    Port,
    PortRange,
    Protocol,
    Rule,
    Selector,
)
from netpol.parse.blocks import ip_block
from netpol.parse.field import Fault, Field, Invalid, Json
from netpol.parse.metadata import Read, silent
from netpol.parse.selector import selector


@dataclass(frozen=True, slots=True)
class Spec:
    """What a policy says, wherever it says it."""

    selector: Selector
    ingress: tuple[Rule, ...] | None
    egress: tuple[Rule, ...] | None


Specs = dict[tuple[bool, str], Spec]
"""Specs that nothing is wrong with, by how they are written. A class has the same few in each
namespace: they are read once, and what they say is one object.
"""


def policy(
    manifest: Json,
    *,
    namespace: str = "default",
    strict_cidr: bool = False,
    warn: Callable[[Fault], object] = silent,
    specs: Specs | None = None,
) -> Policy:
    """What a NetworkPolicy means, after the API server's defaulting.

    `namespace` is meant where the manifest names none. `strict_cidr` refuses the blocks that API
    servers up to 1.35 mask. `warn` is told of what an API server accepts with a warning. `specs`
    are known from other policies, and this one's is added.

    Raises `Invalid` with everything that the API server's validation would refuse.
    """
    read = Read.of(manifest, namespace, validate.wrong_dns_subdomain, warn)
    report = read.whole.report
    report.strict_cidr = strict_cidr
    read.warn_of_unknown_fields("spec", "status")
    spec = _spec(read.whole) if specs is None else _shared(read.whole, specs)
    report.settle()
    return Policy(read.namespace, read.name, spec.selector, spec.ingress, spec.egress)


def readable(manifests: Iterable[Json], *, namespace: str) -> Iterator[tuple[Policy, Json]]:
    """Those that an API server takes, each as it is written, too. Never raises."""
    for manifest in manifests:
        try:
            yield policy(manifest, namespace=namespace), manifest
        except Invalid:
            continue


def _shared(whole: Field, specs: Specs) -> Spec:
    """A spec is known only if it was silent: what is to be said names the policy it stands in."""
    try:
        key = whole.report.strict_cidr, repr(whole.entries().get("spec"))
    except RecursionError:
        return _spec(whole)
    if key not in specs:
        said: list[Fault] = []
        heard = replace(whole.report, warn=said.append)
        read = _spec(replace(whole, report=heard))
        for fault in said:
            whole.report.warn(fault)
        if said or heard.faults:
            return read
        specs[key] = read
    return specs[key]


def _spec(whole: Field) -> Spec:
    spec = whole.child("spec").only("podSelector", "ingress", "egress", "policyTypes")
    selected = selector(spec.child("podSelector"))
    types = _types(spec)
    rules = {direction: _rules(spec, direction) for direction in Direction}
    return Spec(
        selector=selected,
        ingress=rules[Direction.INGRESS] if Direction.INGRESS in types else None,
        egress=rules[Direction.EGRESS] if Direction.EGRESS in types else None,
    )


def _types(spec: Field) -> set[str]:
    """Where none is given: Ingress always, and Egress "if there are any egress rules".

    An empty list of types is none given, and an empty list of rules is no rule.
    """
    given = spec.child("policyTypes")
    if len(given.items()) > len(Direction):
        given.fault("must have no more than two entries")
    types = {entry.text(_wrong_type) for entry in given.items()}
    if types:
        return types
    return {*Direction} if spec.child("egress").value else {Direction.INGRESS}


def _wrong_type(text: str) -> str | None:
    return None if text in set(Direction) else "is no policy type: write Ingress or Egress"


def _rules(spec: Field, direction: Direction) -> tuple[Rule, ...]:
    return tuple(_rule(rule, direction.peers) for rule in spec.child(direction.section).items())


def _rule(field: Field, side: str) -> Rule:
    """For peers and for ports: "if this field is empty or missing, this rule matches all"."""
    field.only("ports", side)
    peers = tuple(_peer(peer) for peer in field.child(side).items())
    ports = tuple(_port(port) for port in field.child("ports").items())
    return Rule(peers or None, ports or None)


def _peer(field: Field) -> Peer:
    field.only("podSelector", "namespaceSelector", "ipBlock")
    pods, namespaces, block = map(field.child, ("podSelector", "namespaceSelector", "ipBlock"))
    if block.given and (pods.given or namespaces.given):
        field.fault("must not have both ipBlock and a selector: write two entries")
    if field.is_object and not (block.given or pods.given or namespaces.given):
        field.fault("must specify a podSelector, a namespaceSelector or an ipBlock")
    selected = PodPeer(selector(pods), selector(namespaces) if namespaces.given else None)
    return ip_block(block) if block.given else selected


def _port(field: Field) -> Port:
    """Without a number or name: "this matches all port names and numbers" of the protocol."""
    field.only("protocol", "port", "endPort")
    transport = protocol(field.child("protocol"))
    port, end = field.child("port"), field.child("endPort")
    named = isinstance(port.value, str)
    if end.given and (named or not port.given):
        end.fault("must be left out without a number in `port`, the first of the range")
    if named:
        return NamedPort(transport, port.text(validate.wrong_port_name))
    if not port.given:
        return PortRange(transport)
    first = port.whole_number(validate.wrong_port_number)
    last = end.whole_number(validate.wrong_port_number) if end.given else first
    if 0 < last < first:
        end.fault(f"{last} is less than `port`, the first of the range")
    return PortRange(transport, first, last)


def protocol(field: Field) -> Protocol:
    """TCP where there is none: "if not specified, this field defaults to TCP"."""
    if not field.given:
        return Protocol.TCP
    name = field.text(_wrong_protocol)
    return Protocol(name) if name in set(Protocol) else Protocol.TCP


def _wrong_protocol(text: str) -> str | None:
    return None if text in set(Protocol) else "is not supported: write TCP, UDP or SCTP"
