"""Policies as the API server keeps them, so that equal text means the same policies.

Defaults are written out, empty lists and what is not the policy's meaning are gone, the order of
lists is kept.
"""

import hashlib
import json
from collections.abc import Iterable

from netpol.parse import Json


def canonical(manifest: Json) -> Json:
    """A NetworkPolicy that `netpol.parse.policy` accepts, without namespace and bookkeeping."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": manifest["metadata"]["name"]},
        "spec": _spec(manifest.get("spec") or {}),
    }


def canonical_set(manifests: Iterable[Json]) -> list[Json]:
    """The policies of one namespace, by name."""
    return sorted(map(canonical, manifests), key=lambda policy: str(policy["metadata"]["name"]))


def digest(value: object) -> str:
    """The SHA-256 of the value as JSON, whatever the order of its keys."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _spec(spec: Json) -> Json:
    egress = spec.get("egress")
    types = ["Ingress", "Egress"] if egress else ["Ingress"]
    return {
        "podSelector": _selector(spec.get("podSelector") or {}),
        **_filled("ingress", [_rule(rule or {}, "from") for rule in spec.get("ingress") or ()]),
        **_filled("egress", [_rule(rule or {}, "to") for rule in egress or ()]),
        "policyTypes": list(spec.get("policyTypes") or types),
    }


def _rule(rule: Json, side: str) -> Json:
    return {
        **_filled("ports", [_port(port or {}) for port in rule.get("ports") or ()]),
        **_filled(side, [_peer(peer) for peer in rule.get(side) or ()]),
    }


def _port(port: Json) -> Json:
    given = {key: port[key] for key in ("port", "endPort") if port.get(key) is not None}
    return {"protocol": port.get("protocol") or "TCP", **given}


def _peer(peer: Json) -> Json:
    selectors = {
        key: _selector(peer[key])
        for key in ("podSelector", "namespaceSelector")
        if peer.get(key) is not None
    }
    block = peer.get("ipBlock")
    if block is None:
        return selectors
    return {"ipBlock": {"cidr": block["cidr"], **_filled("except", block.get("except"))}}


def _selector(selector: Json) -> Json:
    pairs = {key: value or "" for key, value in (selector.get("matchLabels") or {}).items()}
    expressions = [_requirement(item) for item in selector.get("matchExpressions") or ()]
    return {**_filled("matchLabels", pairs), **_filled("matchExpressions", expressions)}


def _requirement(expression: Json) -> Json:
    values = [value or "" for value in expression.get("values") or ()]
    return {
        "key": expression["key"],
        "operator": expression["operator"],
        **_filled("values", values),
    }


def _filled(key: str, value: object) -> dict[str, object]:
    """The server leaves empty lists and mappings out."""
    return {key: value} if value else {}
