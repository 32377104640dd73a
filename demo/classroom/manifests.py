"""The policies that students apply: the lab's own, and the mistakes that are made in it."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from netpol import lab
from netpol.parse import Json

_TYPE = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}


@cache
def load_manifests() -> Mapping[str, Json]:
    """Each manifest by the name that stories know it by: a policy of the lab by its own."""
    mistakes = yaml.safe_load(Path(__file__).with_name("mistakes.yaml").read_text("utf-8"))
    right = {manifest["metadata"]["name"]: manifest for manifest in lab.load_default_lab().solution}
    return right | {key: _TYPE | written for key, written in mistakes.items()}


def policy_name(key: str) -> str:
    """The name of the policy that this manifest creates or changes."""
    return str(load_manifests()[key]["metadata"]["name"])


def has_empty_list(key: str) -> bool:
    """Whether the manifest has an empty list, which the API server does not keep.

    So an identical apply is a change to it: a new generation with the same meaning.
    """
    spec = load_manifests()[key]["spec"]
    return [] in (spec.get("ingress"), spec.get("egress"))
