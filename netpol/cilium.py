"""The one manifest of Cilium's own that a student of NetworkPolicy may need.

What a Gateway forwards has the identity `ingress` there, for which NetworkPolicy has no word and
a CiliumNetworkPolicy has `fromEntities`.
"""

import re

import yaml

from netpol.lab import Entity
from netpol.model import LabelRequirement, Operator, Protocol, Selector


def build_gateway_policy(entity: Entity, port: int, protocol: Protocol) -> str:
    """A CiliumNetworkPolicy as YAML, without a namespace, that admits gateways to an entity's pods.

    The entity has a selector. The policy only adds: what other policies admit stays admitted.
    """
    assert entity.selector is not None  # noqa: S101  # narrows for mypy
    name = re.sub(r"[^a-z0-9-]+", "-", entity.name.lower()).strip("-")
    manifest = {
        "apiVersion": "cilium.io/v2",
        "kind": "CiliumNetworkPolicy",
        "metadata": {"name": f"allow-gateway-to-{name}"},
        "spec": {
            "endpointSelector": _dump_selector(entity.selector),
            "ingress": [
                {
                    "fromEntities": ["ingress"],
                    "toPorts": [{"ports": [{"port": str(port), "protocol": protocol.value}]}],
                }
            ],
        },
    }
    return yaml.safe_dump(manifest, sort_keys=False)


def _dump_selector(selector: Selector) -> dict[str, object]:
    plain = {each.key: each.values[0] for each in selector.requirements if _is_plain(each)}
    others = [_dump_requirement(each) for each in selector.requirements if not _is_plain(each)]
    written: dict[str, object] = {"matchLabels": plain} if plain else {}
    return written | ({"matchExpressions": others} if others else {})


def _is_plain(requirement: LabelRequirement) -> bool:
    return requirement.operator is Operator.IN and len(requirement.values) == 1


def _dump_requirement(requirement: LabelRequirement) -> dict[str, object]:
    expression: dict[str, object] = {
        "key": requirement.key,
        "operator": requirement.operator.value,
    }
    return expression | ({"values": list(requirement.values)} if requirement.values else {})
