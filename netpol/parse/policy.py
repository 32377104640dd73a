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
from netpol.parse.blocks import parse_ip_block
from netpol.parse.field import InvalidManifestError, Json, ManifestFault, ManifestField
from netpol.parse.metadata import ParsedMetadata, ignore_warning
from netpol.parse.selector import parse_selector


@dataclass(frozen=True, slots=True)
class PolicySpec:
    """What a policy says, wherever it says it."""

    selector: Selector
    ingress: tuple[Rule, ...] | None
    egress: tuple[Rule, ...] | None


SpecCache = dict[tuple[bool, str], PolicySpec]
"""Specs that nothing is wrong with, by how they are written. A class has the same few in each
namespace: they are read once, and what they say is one object.
"""


def parse_policy(
    manifest: Json,
    *,
    namespace: str = "default",
    strict_cidr: bool = False,
    warn: Callable[[ManifestFault], object] = ignore_warning,
    specs: SpecCache | None = None,
) -> Policy:
    """What a NetworkPolicy means, after the API server's defaulting.

    `namespace` is meant where the manifest names none. `strict_cidr` refuses the blocks that API
    servers up to 1.35 mask. `warn` is told of what an API server accepts with a warning. `specs`
    are known from other policies, and this one's is added.

    Raises `Invalid` with everything that the API server's validation would refuse.
    """
    read = ParsedMetadata.from_manifest(manifest, namespace, validate.check_dns_subdomain, warn)
    report = read.root.report
    report.strict_cidr = strict_cidr
    read.warn_of_unknown_fields("spec", "status")
    spec = _parse_spec(read.root) if specs is None else _parse_shared_spec(read.root, specs)
    report.raise_faults()
    return Policy(read.namespace, read.name, spec.selector, spec.ingress, spec.egress)


def parse_valid_policies(
    manifests: Iterable[Json], *, namespace: str
) -> Iterator[tuple[Policy, Json]]:
    """Those that an API server takes, each as it is written, too. Never raises."""
    for manifest in manifests:
        try:
            yield parse_policy(manifest, namespace=namespace), manifest
        except InvalidManifestError:
            continue


def _parse_shared_spec(whole: ManifestField, specs: SpecCache) -> PolicySpec:
    """A spec is known only if it was silent: what is to be said names the policy it stands in."""
    try:
        key = whole.report.strict_cidr, repr(whole.as_object().get("spec"))
    except RecursionError:
        return _parse_spec(whole)
    if key not in specs:
        said: list[ManifestFault] = []
        heard = replace(whole.report, warn=said.append)
        read = _parse_spec(replace(whole, report=heard))
        for fault in said:
            whole.report.warn(fault)
        if said or heard.faults:
            return read
        specs[key] = read
    return specs[key]


def _parse_spec(whole: ManifestField) -> PolicySpec:
    spec = whole.child("spec").expect_fields("podSelector", "ingress", "egress", "policyTypes")
    selected = parse_selector(spec.child("podSelector"))
    types = _parse_types(spec)
    rules = {direction: _parse_rules(spec, direction) for direction in Direction}
    return PolicySpec(
        selector=selected,
        ingress=rules[Direction.INGRESS] if Direction.INGRESS in types else None,
        egress=rules[Direction.EGRESS] if Direction.EGRESS in types else None,
    )


def _parse_types(spec: ManifestField) -> set[str]:
    """Where none is given: Ingress always, and Egress "if there are any egress rules".

    An empty list of types is none given, and an empty list of rules is no rule.
    """
    given = spec.child("policyTypes")
    if len(given.as_list()) > len(Direction):
        given.add_fault("must have no more than two entries")
    types = {entry.as_text(_check_type) for entry in given.as_list()}
    if types:
        return types
    return {*Direction} if spec.child("egress").value else {Direction.INGRESS}


def _check_type(text: str) -> str | None:
    return None if text in set(Direction) else "is no policy type: write Ingress or Egress"


def _parse_rules(spec: ManifestField, direction: Direction) -> tuple[Rule, ...]:
    rules, peers = spec.child(direction.rules_field), direction.peers_field
    return tuple(_parse_rule(rule, peers) for rule in rules.as_list())


def _parse_rule(field: ManifestField, side: str) -> Rule:
    """For peers and for ports: "if this field is empty or missing, this rule matches all"."""
    field.expect_fields("ports", side)
    peers = tuple(_parse_peer(peer) for peer in field.child(side).as_list())
    ports = tuple(_parse_port(port) for port in field.child("ports").as_list())
    return Rule(peers or None, ports or None)


def _parse_peer(field: ManifestField) -> Peer:
    field.expect_fields("podSelector", "namespaceSelector", "ipBlock")
    pods, namespaces, block = map(field.child, ("podSelector", "namespaceSelector", "ipBlock"))
    if block.is_given and (pods.is_given or namespaces.is_given):
        field.add_fault("must not have both ipBlock and a selector: write two entries")
    if field.is_object and not (block.is_given or pods.is_given or namespaces.is_given):
        field.add_fault("must specify a podSelector, a namespaceSelector or an ipBlock")
    selected = PodPeer(
        parse_selector(pods), parse_selector(namespaces) if namespaces.is_given else None
    )
    return parse_ip_block(block) if block.is_given else selected


def _parse_port(field: ManifestField) -> Port:
    """Without a number or name: "this matches all port names and numbers" of the protocol."""
    field.expect_fields("protocol", "port", "endPort")
    transport = parse_protocol(field.child("protocol"))
    port, end = field.child("port"), field.child("endPort")
    named = isinstance(port.value, str)
    if end.is_given and (named or not port.is_given):
        end.add_fault("must be left out without a number in `port`, the first of the range")
    if named:
        return NamedPort(transport, port.as_text(validate.check_port_name))
    if not port.is_given:
        return PortRange(transport)
    first = port.as_whole_number(validate.check_port_number)
    last = end.as_whole_number(validate.check_port_number) if end.is_given else first
    if 0 < last < first:
        end.add_fault(f"{last} is less than `port`, the first of the range")
    return PortRange(transport, first, last)


def parse_protocol(field: ManifestField) -> Protocol:
    """TCP where there is none: "if not specified, this field defaults to TCP"."""
    if not field.is_given:
        return Protocol.TCP
    name = field.as_text(_check_protocol)
    return Protocol(name) if name in set(Protocol) else Protocol.TCP


def _check_protocol(text: str) -> str | None:
    return None if text in set(Protocol) else "is not supported: write TCP, UDP or SCTP"
