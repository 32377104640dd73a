"""Reads lab files. What is wrong in one is found here, when it is loaded, and nowhere later."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from netpol.lab.detectors import (
    Detector,
    EveryPodIsolated,
    FlowsAsExpected,
    NoPolicySelects,
    NotChecked,
)
from netpol.lab.entities import read_entity, read_namespaces, read_protocol, read_selector
from netpol.lab.judging import read_checklist, read_rubric
from netpol.lab.model import Entity, Flow, Lab, Probe, ProbeReading, ProbeRole, Step
from netpol.lab.node import LabError, LabNode
from netpol.load import MalformedDocumentError, parse_documents
from netpol.model import Outcome
from netpol.parse import InvalidManifestError, Json, parse_policy

_HERE = Path(__file__).resolve()
_INSTALLED = _HERE.parents[1] / "labs"
LABS = _INSTALLED if _INSTALLED.is_dir() else _HERE.parents[2] / "labs"
"""The lab files that come with the project: in an installed wheel, or beside `netpol/`."""


def load_default_lab() -> Lab:
    """The lab that is meant where none is named.

    Raises `LabError`.
    """
    return load_lab(LABS / "week-06-lab-03.yaml")


def load_lab(path: Path) -> Lab:
    """Read a lab file, and the solution that it names beside itself.

    Raises `LabError` with the file, the field and what would be right.
    """
    top = _read_document(path).read_fields(
        ["title", "solution", "namespaces", "entities", "flows", "steps"],
        ["probers", "probes", "stuck_after", "checklist", "rubric"],
    )
    entities = tuple(read_entity(name, node) for name, node in top["entities"].as_mapping().items())
    flows = _read_flows(top["flows"].as_list(), entities)
    _check_ready_needs(top["entities"], flows)
    pattern = read_namespaces(top["namespaces"])
    steps = _read_steps(top["steps"].as_list(), flows, _read_stuck_after(top))
    asked = top["probes"].as_list() if "probes" in top else []
    probes = tuple(_read_probes(asked, flows, pattern.environments))
    checks = (
        read_checklist(top["checklist"], entities, flows, steps, probes)
        if "checklist" in top
        else ()
    )
    return Lab(
        name=path.stem,
        title=top["title"].as_text(),
        namespaces=pattern,
        entities=entities,
        flows=flows,
        steps=steps,
        probes=probes,
        probers=read_selector(top["probers"]) if "probers" in top else None,
        solution=_read_solution(path, top["solution"]),
        checklist=checks,
        rubric=read_rubric(top["rubric"], flows, steps, checks) if "rubric" in top else (),
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


def _read_flows(nodes: Sequence[LabNode], entities: Sequence[Entity]) -> tuple[Flow, ...]:
    flows: dict[str, Flow] = {}
    for node in nodes:
        flow = _read_flow(node, [entity.name for entity in entities])
        if flow.name in flows:
            raise node.build_error(f"there is a flow {flow.name!r} already; give each its own name")
        flows[flow.name] = flow
    return tuple(flows.values())


def _read_flow(node: LabNode, entities: Sequence[str]) -> Flow:
    fields = node.read_fields(
        ["name", "source", "destination", "port", "expected"], ["protocol", "report"]
    )
    source, destination = (
        fields[end].as_reference(entities, kind="entity", plural="entities")
        for end in ("source", "destination")
    )
    if source == destination:
        raise fields["destination"].build_error("is the source itself; a pod always reaches itself")
    return Flow(
        name=fields["name"].as_text(),
        source=source,
        destination=destination,
        port=fields["port"].as_number(1, 65535),
        protocol=read_protocol(fields),
        expected=fields["expected"].as_choice((Outcome.ALLOW, Outcome.DENY)),
        is_reported=fields["report"].as_flag() if "report" in fields else True,
    )


def _read_stuck_after(fields: Mapping[str, LabNode]) -> timedelta | None:
    """After how long in a step somebody counts as stuck."""
    if "stuck_after" not in fields:
        return None
    return timedelta(minutes=fields["stuck_after"].as_number(1, 24 * 60))


def _read_steps(
    nodes: Sequence[LabNode], flows: Sequence[Flow], stuck_after: timedelta | None
) -> tuple[Step, ...]:
    steps: dict[str, Step] = {}
    for node in nodes:
        step = _read_step(node, flows, stuck_after)
        if step.key in steps:
            raise node.build_error(f"there is a step {step.key!r} already; give each its own key")
        steps[step.key] = step
    return tuple(steps.values())


def _check_ready_needs(entities: LabNode, flows: Sequence[Flow]) -> None:
    """Entities stand before the flows that they name."""
    names = [flow.name for flow in flows]
    for node in entities.as_mapping().values():
        needs = node.as_mapping().get("ready_needs")
        for item in needs.as_list() if needs else []:
            item.as_reference(names, kind="flow", plural="flows")


DETECTORS = ("no_policy_selects", "every_pod_isolated", "flows", "not_checked")


def _read_step(node: LabNode, flows: Sequence[Flow], stuck_after: timedelta | None) -> Step:
    fields = node.read_fields(["key", "title", "part"], [*DETECTORS, "stuck_after"])
    named = [key for key in DETECTORS if key in fields]
    if len(named) != 1:
        raise node.build_error(f"needs exactly one of {', '.join(DETECTORS)}")
    return Step(
        key=fields["key"].as_text(),
        title=fields["title"].as_text(),
        part=fields["part"].as_number(1, 99),
        detector=_read_detector(named[0], fields[named[0]], flows),
        stuck_after=_read_stuck_after(fields) or stuck_after,
    )


def _read_detector(key: str, node: LabNode, flows: Sequence[Flow]) -> Detector:
    names = [flow.name for flow in flows]
    match key:
        case "not_checked":
            return NotChecked(node.as_text())
        case "flows" if node.value == "all":
            return FlowsAsExpected(tuple(names))
        case "flows" if node.value == []:
            raise node.build_error("must name a flow, or be `all`")
        case "flows":
            return FlowsAsExpected(
                tuple(
                    item.as_reference(names, kind="flow", plural="flows") for item in node.as_list()
                )
            )
    if not node.as_flag():
        raise node.build_error("must be true; leave it out otherwise")
    return NoPolicySelects() if key == "no_policy_selects" else EveryPodIsolated()


def _read_probe(node: LabNode, flows: Sequence[Flow], environments: Sequence[str]) -> Probe:
    fields = node.read_fields(
        ["name", "url", "environment", "reading", "flows"], ["slug", "monitors"]
    )
    names = [flow.name for flow in flows]
    roles = fields["flows"].read_fields([], ProbeRole)
    url = fields["url"].as_text()
    if not url.startswith(("https://", "http://")) or "{student}" not in url:
        raise fields["url"].build_error("must be an http or https URL that holds {student}")
    return Probe(
        name=fields["name"].as_text(),
        url=url,
        environment=fields["environment"].as_reference(
            environments, kind="environment", plural="environments"
        ),
        reading=fields["reading"].as_choice(ProbeReading),
        flows={
            ProbeRole(role): flow.as_reference(names, kind="flow", plural="flows")
            for role, flow in roles.items()
        },
        slug=fields["slug"].as_text() if "slug" in fields else "",
        monitors={key: item.as_text() for key, item in fields["monitors"].as_mapping().items()}
        if "monitors" in fields
        else {},
    )


def _read_probes(
    nodes: Sequence[LabNode], flows: Sequence[Flow], environments: Sequence[str]
) -> list[Probe]:
    probes = [_read_probe(node, flows, environments) for node in nodes]
    names = [probe.name for probe in probes]
    for node, name in zip(nodes, names, strict=True):
        if names.count(name) > 1:
            raise node.build_error(f"there is a probe {name!r} already; give each its own name")
        monitors = node.as_mapping().get("monitors")
        for item in monitors.as_mapping().values() if monitors else []:
            item.as_reference(names, kind="probe", plural="probes")
    return probes
