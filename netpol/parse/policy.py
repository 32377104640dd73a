"""NetworkPolicies, defaulted and validated as the API server does it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from netpol import validate
from netpol.model import Direction, Policy, Rule, Selector
from netpol.parse.field import (
    InvalidManifestError,
    Json,
    ManifestFault,
    ManifestField,
    ignore_warning,
)
from netpol.parse.metadata import ParsedMetadata, parse_selector
from netpol.parse.rules import parse_rule


@dataclass(frozen=True, slots=True)
class PolicySpec:
    """What a policy means, apart from its name."""

    selector: Selector
    ingress: tuple[Rule, ...] | None
    egress: tuple[Rule, ...] | None


SpecCache = dict[tuple[bool, str], PolicySpec]
"""Specs without any fault or warning, by their text. A class has the same few specs in each
namespace: each is parsed once, and its policies share one object.
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

    `namespace` applies where the manifest names none. `strict_cidr` refuses the blocks that API
    servers up to 1.35 mask. `warn` receives what an API server accepts with a warning. `specs`
    caches the specs of other policies, and of this one.

    Raises `InvalidManifestError` with everything that the API server's validation would refuse.
    """
    metadata = ParsedMetadata.from_manifest(manifest, namespace, validate.check_dns_subdomain, warn)
    report = metadata.root.report
    report.strict_cidr = strict_cidr
    metadata.warn_of_unknown_fields("spec", "status")
    root = metadata.root
    spec = _parse_spec(root) if specs is None else _parse_cached_spec(root, specs)
    report.raise_faults()
    return Policy(metadata.namespace, metadata.name, spec.selector, spec.ingress, spec.egress)


def parse_valid_policies(
    manifests: Iterable[Json], *, namespace: str
) -> Iterator[tuple[Policy, Json]]:
    """The policies that an API server accepts, each with its manifest. Never raises."""
    for manifest in manifests:
        try:
            yield parse_policy(manifest, namespace=namespace), manifest
        except InvalidManifestError:
            continue


def _parse_cached_spec(root: ManifestField, specs: SpecCache) -> PolicySpec:
    """A spec with a fault or warning is not cached: each message names its own policy."""
    try:
        key = root.report.strict_cidr, repr(root.as_object().get("spec"))
    except RecursionError:
        return _parse_spec(root)
    if key not in specs:
        warnings: list[ManifestFault] = []
        report = replace(root.report, warn=warnings.append)
        spec = _parse_spec(replace(root, report=report))
        for warning in warnings:
            root.report.warn(warning)
        if warnings or report.faults:
            return spec
        specs[key] = spec
    return specs[key]


def _parse_spec(root: ManifestField) -> PolicySpec:
    spec = root.child("spec")
    spec.expect_fields("podSelector", "ingress", "egress", "policyTypes")
    selector = parse_selector(spec.child("podSelector"))
    types = _parse_types(spec)
    rules = {direction: _parse_rules(spec, direction) for direction in Direction}
    return PolicySpec(
        selector=selector,
        ingress=rules[Direction.INGRESS] if Direction.INGRESS in types else None,
        egress=rules[Direction.EGRESS] if Direction.EGRESS in types else None,
    )


def _parse_types(spec: ManifestField) -> set[str]:
    """Without types: Ingress always, and Egress "if there are any egress rules".

    An empty list of types counts as none, and an empty list of rules has no rule.
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
    return tuple(parse_rule(rule, peers) for rule in rules.as_list())
