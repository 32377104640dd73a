"""A policy without what the API does not know: `kubectl apply` refuses unknown fields."""

from collections.abc import Mapping
from typing import Any

_SELECTOR = {
    "matchLabels": None,
    "matchExpressions": {"key": None, "operator": None, "values": None},
}
_PEER = {
    "podSelector": _SELECTOR,
    "namespaceSelector": _SELECTOR,
    "ipBlock": {"cidr": None, "except": None},
}
_PORT = {"protocol": None, "port": None, "endPort": None}
_SPEC = {
    "podSelector": _SELECTOR,
    "policyTypes": None,
    "ingress": {"ports": _PORT, "from": _PEER},
    "egress": {"ports": _PORT, "to": _PEER},
}
"""The fields of `NetworkPolicySpec`; `None` where whatever stands there is a value."""


def known_fields(spec: Any) -> Any:
    """The same spec where all of its fields are the API's."""
    return _known(spec, _SPEC)


def _known(value: Any, fields: Mapping[str, Any] | None) -> Any:
    match value:
        case dict() if fields is not None:
            return {key: _known(each, fields[key]) for key, each in value.items() if key in fields}
        case list() if fields is not None:
            return [_known(each, fields) for each in value]
    return value
