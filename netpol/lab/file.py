"""Lab files. Loading a file finds everything that is wrong with it; nothing fails later."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from netpol.lab.conditions import (
    Detector,
    EveryPodIsolated,
    FlowsAsExpected,
    NoPolicySelects,
    NotChecked,
)
from netpol.lab.file_entities import read_entity, read_namespaces, read_protocol, read_selector
from netpol.lab.file_grading import read_checklist, read_rubric
from netpol.lab.file_node import LabError, LabNode, find_only_kind
from netpol.lab.model import Entity, Flow, Lab, Probe, ProbeReading, ProbeRole, Step
from netpol.load import MalformedDocumentError, parse_documents
from netpol.model import Outcome
from netpol.parse import InvalidManifestError, Json, parse_policy

_HERE = Path(__file__).resolve()
_INSTALLED = _HERE.parents[1] / "labs"
LABS = _INSTALLED if _INSTALLED.is_dir() else _HERE.parents[2] / "labs"
"""The lab files that come with the project: in an installed wheel, or beside `netpol/`."""

DETECTORS = ("no_policy_selects", "every_pod_isolated", "flows", "not_checked")

Named = TypeVar("Named")


def load_default_lab() -> Lab:
    """The lab to use where none is named. Raises `LabError`."""
    return load_lab(LABS / "week-06-lab-03.yaml")


def load_lab(path: Path) -> Lab:
    """Read a lab file, and the solution that it names in the same folder.

    Raises `LabError` with the file, the field and what would be right.
    """
    top = _read_document(path).read_fields(
        ["title", "solution", "namespaces", "entities", "flows", "steps"],
        ["probers", "probes", "stuck_after", "checklist", "rubric"],
    )
    entities = tuple(read_entity(*entry) for entry in top["entities"].as_mapping().items())
    flows = _read_flows(top["flows"], entities)
    names = [flow.name for flow in flows]
    _check_ready_needs(top["entities"], names)
    pattern = read_namespaces(top["namespaces"])
    steps = _read_steps(top["steps"], names, _read_stuck_after(top["stuck_after"]))
    probes = _read_probes(top["probes"], names, pattern.environments)
    checks = read_checklist(top["checklist"], entities, flows, steps, probes)
    return Lab(
        name=path.stem,
        title=top["title"].as_text(),
        namespaces=pattern,
        entities=entities,
        flows=flows,
        steps=steps,
        probes=probes,
        probers=read_selector(top["probers"]),
        solution=_read_solution(path, top["solution"]),
        checklist=checks,
        rubric=read_rubric(top["rubric"], flows, steps, checks),
    )


def _read_document(path: Path) -> LabNode:
    try:
        found = [one for one in parse_documents(path.read_bytes()) if one is not None]
    except OSError as error:
        raise LabError(f"{path}: {error.strerror}") from error
    except MalformedDocumentError as error:
        raise LabError(f"{path}: {error}") from error
    if len(found) != 1:
        raise LabError(f"{path}: must hold one document, not {len(found)}")
    return LabNode(str(path), "", found[0])


def _read_solution(path: Path, node: LabNode) -> tuple[Json, ...]:
    file = path.parent / node.as_text()
    try:
        found = tuple(one for one in parse_documents(file.read_bytes()) if one is not None)
        for manifest in found:
            parse_policy(manifest)
    except OSError as error:
        raise node.build_error(f"{file}: {error.strerror}") from error
    except (InvalidManifestError, MalformedDocumentError) as error:
        raise node.build_error(f"{file}: {error}") from error
    return found


def _read_distinct(
    node: LabNode, read: Callable[[LabNode], Named], kind: str, key: str
) -> tuple[Named, ...]:
    """The items of a list, each with its own `key`."""
    found: dict[str, Named] = {}
    for item in node.as_list():
        value = read(item)
        name = getattr(value, key)
        if name in found:
            message = f"there is a {kind} {name!r} already; give each its own {key}"
            raise item.build_error(message)
        found[name] = value
    return tuple(found.values())


def _read_flows(node: LabNode, entities: Sequence[Entity]) -> tuple[Flow, ...]:
    names = [entity.name for entity in entities]
    return _read_distinct(node, lambda item: _read_flow(item, names), "flow", "name")


def _read_flow(node: LabNode, entities: Sequence[str]) -> Flow:
    fields = node.read_fields(
        ["name", "source", "destination", "port", "expected"], ["protocol", "report"]
    )
    source, destination = (
        fields[end].as_reference(entities, kind="entity", plural="entities")
        for end in ("source", "destination")
    )
    if source == destination:
        message = "is the source itself; a pod always reaches itself"
        raise fields["destination"].build_error(message)
    return Flow(
        name=fields["name"].as_text(),
        source=source,
        destination=destination,
        port=fields["port"].as_number(1, 65535),
        protocol=read_protocol(fields["protocol"]),
        expected=fields["expected"].as_choice((Outcome.ALLOW, Outcome.DENY)),
        is_reported=fields["report"].as_flag(default=True),
    )


def _read_stuck_after(node: LabNode) -> timedelta | None:
    """The time in a step after which a student counts as stuck; the file has it in minutes."""
    return timedelta(minutes=node.as_number(1, 24 * 60)) if node.is_given else None


def _check_ready_needs(entities: LabNode, flows: Sequence[str]) -> None:
    """Entities stand in the file before the flows that they name."""
    for node in entities.as_mapping().values():
        if needs := node.as_mapping().get("ready_needs"):
            for item in needs.as_list():
                item.as_reference(flows, kind="flow")


def _read_steps(
    node: LabNode, flows: Sequence[str], stuck_after: timedelta | None
) -> tuple[Step, ...]:
    return _read_distinct(node, lambda item: _read_step(item, flows, stuck_after), "step", "key")


def _read_step(node: LabNode, flows: Sequence[str], stuck_after: timedelta | None) -> Step:
    fields = node.read_fields(["key", "title", "part"], [*DETECTORS, "stuck_after"])
    kind = find_only_kind(node, fields, DETECTORS)
    return Step(
        key=fields["key"].as_text(),
        title=fields["title"].as_text(),
        part=fields["part"].as_number(1, 99),
        detector=_read_detector(kind, fields[kind], flows),
        stuck_after=_read_stuck_after(fields["stuck_after"]) or stuck_after,
    )


def _read_detector(kind: str, node: LabNode, flows: Sequence[str]) -> Detector:
    match kind:
        case "not_checked":
            return NotChecked(node.as_text())
        case "flows" if node.value == "all":
            return FlowsAsExpected(tuple(flows))
        case "flows" if node.value == []:
            raise node.build_error("must name a flow, or be `all`")
        case "flows":
            items = node.as_list()
            return FlowsAsExpected(tuple(item.as_reference(flows, kind="flow") for item in items))
    node.require_true()
    return NoPolicySelects() if kind == "no_policy_selects" else EveryPodIsolated()


def _read_probes(
    node: LabNode, flows: Sequence[str], environments: Sequence[str]
) -> tuple[Probe, ...]:
    probes = _read_distinct(
        node, lambda item: _read_probe(item, flows, environments), "probe", "name"
    )
    for item in node.as_list():
        if monitors := item.as_mapping().get("monitors"):
            for probe in monitors.as_mapping().values():
                probe.as_reference([each.name for each in probes], kind="probe")
    return probes


def _read_probe(node: LabNode, flows: Sequence[str], environments: Sequence[str]) -> Probe:
    fields = node.read_fields(
        ["name", "url", "environment", "reading", "flows"], ["slug", "monitors"]
    )
    roles = fields["flows"].read_fields([], ProbeRole)
    url = fields["url"].as_text()
    if not url.startswith(("https://", "http://")) or "{student}" not in url:
        raise fields["url"].build_error("must be an http or https URL that holds {student}")
    return Probe(
        name=fields["name"].as_text(),
        url=url,
        environment=fields["environment"].as_reference(environments, kind="environment"),
        reading=fields["reading"].as_choice(ProbeReading),
        flows={
            ProbeRole(role): flow.as_reference(flows, kind="flow")
            for role, flow in roles.items()
            if flow.is_given
        },
        slug=fields["slug"].as_text(),
        monitors={key: item.as_text() for key, item in fields["monitors"].as_mapping().items()},
    )
