"""The reports of the course's own probers: one line in the status of a pod that ended.

The namespace is the student's, so everything in it may be forged. A report is believed only about
the namespace that it lies in, and about flows that begin at the entity whose labels the pod has.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from dashboard.cluster_reading import ProberFlow, ProberOutcome, ProberReport
from netpol.evaluate import selector_matches
from netpol.lab import Entity, Lab
from netpol.parse import Json

VERSION = 1
LONGEST_MESSAGE = 4096
"""Bytes: the kubelet keeps no more of a termination message."""
SLOWEST_MS = 120_000


class UnbelievableError(ValueError):
    """A message that is not believed; the text quotes nothing of it."""


def is_prober(manifest: Json, lab: Lab) -> bool:
    """Whether the pod probes for the course, and is no entity."""
    return lab.probers is not None and selector_matches(lab.probers, _labels_of(manifest))


def parse_report(manifest: Json, lab: Lab) -> ProberReport | None:
    """`None` while the prober's pod has not ended, or if it names no entity."""
    entity, ended = _find_entity(manifest, lab), _find_last_end(manifest)
    if entity is None or ended is None:
        return None
    at, message = ended
    try:
        return ProberReport(entity.name, at, _parse_message(manifest, lab, entity, message))
    except UnbelievableError as fault:
        return ProberReport(entity.name, at, {}, str(fault))


def _labels_of(manifest: Json) -> dict[str, str]:
    labels = manifest["metadata"].get("labels")
    return labels if isinstance(labels, dict) else {}


def _find_entity(manifest: Json, lab: Lab) -> Entity | None:
    """The entity that a label of the lab's probers names."""
    labels = _labels_of(manifest)
    keys = [each.key for each in lab.probers.requirements] if lab.probers else []
    named = {labels.get(key) for key in keys}
    return next(
        (each for each in lab.entities if each.is_student_entity and each.name in named), None
    )


def _find_last_end(manifest: Json) -> tuple[datetime, str] | None:
    """The newest end of any of its containers."""
    status = manifest.get("status")
    statuses = status.get("containerStatuses") if isinstance(status, dict) else None
    ends = [end for each in statuses or () if isinstance(each, dict) for end in _list_ends(each)]
    return max(ends, default=None, key=lambda end: end[0])


def _list_ends(container: Mapping[str, object]) -> Iterator[tuple[datetime, str]]:
    for key in ("state", "lastState"):
        match container.get(key):
            case {"terminated": {"finishedAt": str(finished), **rest}}:
                message = rest.get("message")
                if at := _parse_time(finished):
                    yield at, message if isinstance(message, str) else ""


def _parse_time(text: str) -> datetime | None:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else None


def _parse_message(manifest: Json, lab: Lab, entity: Entity, message: str) -> dict[str, ProberFlow]:
    if entity.selector and not selector_matches(entity.selector, _labels_of(manifest)):
        raise UnbelievableError(f"the prober claims to be {entity.name}, but lacks its labels")
    if not message:
        raise UnbelievableError("the prober ended without a message")
    if len(message.encode(errors="replace")) > LONGEST_MESSAGE:
        raise UnbelievableError("the prober's message is too long")
    match _parse_json(message):
        case {"v": _, "error": str()}:
            raise UnbelievableError("the prober itself failed; see its pod's log")
        case {"v": int(version)} if version != VERSION:
            raise UnbelievableError("the prober is of another version than the dashboard")
        case {"v": _, "namespace": namespace} if namespace != manifest["metadata"]["namespace"]:
            raise UnbelievableError("the prober's message is about another namespace")
        case {"v": _, "namespace": _, "entity": name} if name != entity.name:
            raise UnbelievableError("the prober's message is about another entity")
        case {"v": _, "namespace": _, "entity": _, "flows": dict(flows)}:
            return {
                str(name): _parse_flow(lab, entity, name, result) for name, result in flows.items()
            }
    raise UnbelievableError("the prober's message is not a prober's")


def _parse_flow(lab: Lab, entity: Entity, name: object, result: object) -> ProberFlow:
    if not any(flow.name == name and flow.source == entity.name for flow in lab.flows):
        raise UnbelievableError(
            f"the prober's message is about flows that do not begin at {entity.name}"
        )
    match result:
        case [str(met), int(ms)] if met in set(ProberOutcome) and 0 <= ms <= SLOWEST_MS:
            return ProberFlow(ProberOutcome(met), ms)
    raise UnbelievableError("the prober's message has a result that no prober writes")


def _parse_json(message: str) -> object:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len(dict(pairs)) < len(pairs):
            raise UnbelievableError("the prober's message has duplicate keys")
        return dict(pairs)

    if re.search(r"\d{19}", message):
        raise UnbelievableError("the prober's message has a number that no prober writes")
    try:
        return json.loads(message, object_pairs_hook=once)
    except UnbelievableError:
        raise
    except (ValueError, RecursionError):
        raise UnbelievableError("the prober's message is not JSON") from None
