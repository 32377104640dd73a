"""Policies as the API server keeps them, so that equal text means the same policies.

Defaults are written out, empty lists and what is not the policy's meaning are gone, the order of
lists is kept.
"""

import hashlib
import json
from collections.abc import Iterable

from netpol.parse import Json


def canonicalize_policy(manifest: Json) -> Json:
    """A NetworkPolicy that `netpol.parse.policy` accepts, without namespace and bookkeeping."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": manifest["metadata"]["name"]},
        "spec": _canonicalize_spec(manifest.get("spec") or {}),
    }


def canonicalize_policies(manifests: Iterable[Json]) -> list[Json]:
    """The policies of one namespace, by name."""
    return sorted(
        map(canonicalize_policy, manifests), key=lambda policy: str(policy["metadata"]["name"])
    )


def compute_digest(value: object) -> str:
    """The SHA-256 of the value as JSON, whatever the order of its keys."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _canonicalize_spec(spec: Json) -> Json:
    egress = spec.get("egress")
    types = ["Ingress", "Egress"] if egress else ["Ingress"]
    return {
        "podSelector": _canonicalize_selector(spec.get("podSelector") or {}),
        **_unless_empty(
            "ingress",
            [_canonicalize_rule(rule or {}, "from") for rule in spec.get("ingress") or ()],
        ),
        **_unless_empty("egress", [_canonicalize_rule(rule or {}, "to") for rule in egress or ()]),
        "policyTypes": list(spec.get("policyTypes") or types),
    }


def _canonicalize_rule(rule: Json, side: str) -> Json:
    return {
        **_unless_empty(
            "ports", [_canonicalize_port(port or {}) for port in rule.get("ports") or ()]
        ),
        **_unless_empty(side, [_canonicalize_peer(peer) for peer in rule.get(side) or ()]),
    }


def _canonicalize_port(port: Json) -> Json:
    given = {key: port[key] for key in ("port", "endPort") if port.get(key) is not None}
    return {"protocol": port.get("protocol") or "TCP", **given}


def _canonicalize_peer(peer: Json) -> Json:
    selectors = {
        key: _canonicalize_selector(peer[key])
        for key in ("podSelector", "namespaceSelector")
        if peer.get(key) is not None
    }
    block = peer.get("ipBlock")
    if block is None:
        return selectors
    return {"ipBlock": {"cidr": block["cidr"], **_unless_empty("except", block.get("except"))}}


def _canonicalize_selector(selector: Json) -> Json:
    pairs = {key: value or "" for key, value in (selector.get("matchLabels") or {}).items()}
    expressions = [
        _canonicalize_requirement(item) for item in selector.get("matchExpressions") or ()
    ]
    return {**_unless_empty("matchLabels", pairs), **_unless_empty("matchExpressions", expressions)}


def _canonicalize_requirement(expression: Json) -> Json:
    values = [value or "" for value in expression.get("values") or ()]
    return {
        "key": expression["key"],
        "operator": expression["operator"],
        **_unless_empty("values", values),
    }


def _unless_empty(key: str, value: object) -> dict[str, object]:
    """The server leaves empty lists and mappings out."""
    return {key: value} if value else {}
