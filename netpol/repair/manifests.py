"""A repair as people read it: the lines of YAML that change."""

import difflib
from collections.abc import Iterator, Sequence

import yaml

from netpol.parse import Json
from netpol.repair.model import Repair


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
    """Its name and spec, of which alone a repair speaks; the `whole` of one that comes or goes."""
    if manifest is None:
        return []
    kind = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"} if whole else {}
    metadata = {"name": manifest["metadata"]["name"]}
    shown = {**kind, "metadata": metadata, "spec": manifest.get("spec") or {}}
    return yaml.safe_dump(shown, sort_keys=False).splitlines()
