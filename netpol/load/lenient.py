"""Manifests of which some may be refused: what is right is read, what is not is told of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from netpol.load.kinds import parsed
from netpol.load.objects import Refused
from netpol.load.sources import Manifest, Problem, in_text, manifests
from netpol.model import Cluster, Namespace, Pod, Unsupported
from netpol.parse import Fault, Invalid, Json


@dataclass(frozen=True, slots=True)
class Written:
    """NetworkPolicies as they are written, and the cluster around them, without policies.

    `services` are Services as they are written; `faults` what an API server would refuse, or accept
    with a warning, in the order of the files.
    """

    policies: tuple[Json, ...] = field(hash=False)
    cluster: Cluster
    services: tuple[Json, ...] = field(hash=False)
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


def written(paths: Sequence[str], *, stdin: BinaryIO, namespace: str) -> Written:
    """Raises `Refused` for files that cannot be read as manifests at all."""
    return _written(list(manifests(paths, stdin)), namespace)


def written_in(text: str, *, namespace: str) -> Written:
    """The same of a text that stands in no file. Raises `Refused`."""
    return _written(list(in_text("text", text)), namespace)


def _written(found: Sequence[Manifest | Problem], namespace: str) -> Written:
    if problems := [str(each) for each in found if isinstance(each, Problem)]:
        raise Refused(problems)
    return taken([each.json for each in found if isinstance(each, Manifest)], namespace)


def taken(listed: Sequence[Json], namespace: str) -> Written:
    """The same of manifests that are at hand. Of two policies with one name the last counts, as
    where both are applied.
    """
    policies: dict[tuple[str, str], Json] = {}
    objects: list[object] = []
    faults: list[Fault] = []
    warnings: list[Fault] = []
    for manifest in listed:
        try:
            read = parsed(manifest, namespace=namespace, strict_cidr=False, warn=warnings.append)
            objects.append(read)
        except Invalid as invalid:
            faults += invalid.faults
        if _is_policy(manifest) and (key := _identity(manifest, namespace)):
            policies.pop(key, None)
            policies[key] = manifest
    cluster = Cluster.of(
        (each for each in objects if isinstance(each, Namespace)),
        (each for each in objects if isinstance(each, Pod)),
        (),
        (each for each in objects if isinstance(each, Unsupported)),
    )
    services = tuple(each for each in listed if each.get("kind") == "Service")
    return Written(tuple(policies.values()), cluster, services, tuple(faults), tuple(warnings))


def _is_policy(manifest: Json) -> bool:
    version = manifest.get("apiVersion")
    return manifest.get("kind") == "NetworkPolicy" and version in (None, "networking.k8s.io/v1")


def _identity(manifest: Json, namespace: str) -> tuple[str, str] | None:
    """Nothing for what has no name that anybody could call it by."""
    match manifest.get("metadata"):
        case {"name": str(name), **rest} if name:
            place = rest.get("namespace")
            return (place if isinstance(place, str) and place else namespace), name
    return None
