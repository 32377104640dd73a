"""The manifests of a repair: complete for `kubectl apply`, and as a diff for people."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from netpol.parse import Json
from netpol.repair.model import Repair
from netpol.repair.parts import build_policy

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


def complete_manifest(manifest: Json, namespace: str) -> Json:
    """The manifest without what a server adds and without unknown fields, which `kubectl apply`
    refuses.
    """
    metadata = manifest["metadata"]
    kept = {key: metadata[key] for key in ("labels", "annotations") if metadata.get(key)}
    if "annotations" in kept:
        kept["annotations"] = dict(kept["annotations"])
        kept["annotations"].pop("kubectl.kubernetes.io/last-applied-configuration", None)
    policy = build_policy(metadata["name"], _drop_unknown_fields(manifest.get("spec") or {}, _SPEC))
    return {**policy, "metadata": {"name": metadata["name"], "namespace": namespace, **kept}}


def _drop_unknown_fields(value: Any, fields: Mapping[str, Any] | None) -> Any:
    match value:
        case dict() if fields is not None:
            return {
                key: _drop_unknown_fields(each, fields[key])
                for key, each in value.items()
                if key in fields
            }
        case list() if fields is not None:
            return [_drop_unknown_fields(each, fields) for each in value]
    return value


def format_diff(before: Sequence[Json], repair: Repair) -> Iterator[str]:
    """A unified diff for each policy that changes, as `diff -u` has it."""
    after = {each["metadata"]["name"]: each for each in repair.policies}
    touched = dict.fromkeys((*(edit.policy for edit in repair.edits), *repair.delete))
    old = {each["metadata"]["name"]: each for each in before}
    for name in touched:
        gone = name in repair.delete
        whole = gone or name not in old
        yield from difflib.unified_diff(
            _dump_lines(old.get(name), whole=whole),
            _dump_lines(None if gone else after.get(name), whole=whole),
            f"a/{name}" if name in old else "/dev/null",
            "/dev/null" if gone else f"b/{name}",
            lineterm="",
        )


def _dump_lines(manifest: Json | None, *, whole: bool) -> list[str]:
    """The policy as YAML: its name and spec, or the `whole` of one that is new or deleted."""
    if manifest is None:
        return []
    shown = build_policy(manifest["metadata"]["name"], manifest.get("spec") or {})
    if not whole:
        shown = {key: shown[key] for key in ("metadata", "spec")}
    return yaml.safe_dump(shown, sort_keys=False).splitlines()
