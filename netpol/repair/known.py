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


def drop_unknown_fields(spec: Any) -> Any:
    """The same spec where all of its fields are the API's."""
    return _drop_fields(spec, _SPEC)


def _drop_fields(value: Any, fields: Mapping[str, Any] | None) -> Any:
    match value:
        case dict() if fields is not None:
            return {
                key: _drop_fields(each, fields[key]) for key, each in value.items() if key in fields
            }
        case list() if fields is not None:
            return [_drop_fields(each, fields) for each in value]
    return value
