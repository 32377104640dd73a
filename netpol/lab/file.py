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
from netpol.lab.entities import entity, namespaces, protocol, selector
from netpol.lab.judging import checklist, rubric
from netpol.lab.model import Entity, Flow, Lab, Probe, Reading, Role, Step
from netpol.lab.node import LabError, Node
from netpol.load import Malformed, documents
from netpol.model import Outcome
from netpol.parse import Invalid, Json, policy

_HERE = Path(__file__).resolve()
_INSTALLED = _HERE.parents[1] / "labs"
LABS = _INSTALLED if _INSTALLED.is_dir() else _HERE.parents[2] / "labs"
"""The lab files that come with the project: in an installed wheel, or beside `netpol/`."""


def default() -> Lab:
    """The lab that is meant where none is named.

    Raises `LabError`.
    """
    return load(LABS / "week-06-lab-03.yaml")


def load(path: Path) -> Lab:
    """Read a lab file, and the solution that it names beside itself.

    Raises `LabError` with the file, the field and what would be right.
    """
    top = _document(path).fields(
        ["title", "solution", "namespaces", "entities", "flows", "steps"],
        ["probers", "probes", "stuck_after", "checklist", "rubric"],
    )
    entities = tuple(entity(name, node) for name, node in top["entities"].entries().items())
    flows = _flows(top["flows"].items(), entities)
    _check_needs(top["entities"], flows)
    pattern = namespaces(top["namespaces"])
    steps = _steps(top["steps"].items(), flows, _minutes(top))
    asked = top["probes"].items() if "probes" in top else []
    probes = tuple(_probes(asked, flows, pattern.environments))
    checks = (
        checklist(top["checklist"], entities, flows, steps, probes) if "checklist" in top else ()
    )
    return Lab(
        name=path.stem,
        title=top["title"].text(),
        namespaces=pattern,
        entities=entities,
        flows=flows,
        steps=steps,
        probes=probes,
        probers=selector(top["probers"]) if "probers" in top else None,
        solution=_solution(path, top["solution"]),
        checklist=checks,
        rubric=rubric(top["rubric"], flows, steps, checks) if "rubric" in top else (),
    )


def _document(path: Path) -> Node:
    try:
        found = [one for one in documents(path.read_bytes()) if one is not None]
    except OSError as error:
        raise LabError(f"{path}: {error.strerror}") from error
    except Malformed as error:
        raise LabError(f"{path}: {error}") from error
    if len(found) != 1:
        raise LabError(f"{path}: must hold one document, not {len(found)}")
    return Node(str(path), "", found[0])


def _solution(path: Path, node: Node) -> tuple[Json, ...]:
    file = path.parent / node.text()
    try:
        found = tuple(one for one in documents(file.read_bytes()) if one is not None)
        for manifest in found:
            policy(manifest)
    except OSError as error:
        raise node.wrong(f"{file}: {error.strerror}") from error
    except (Invalid, Malformed) as error:
        raise node.wrong(f"{file}: {error}") from error
    return found


def _flows(nodes: Sequence[Node], entities: Sequence[Entity]) -> tuple[Flow, ...]:
    flows: dict[str, Flow] = {}
    for node in nodes:
        flow = _flow(node, [entity.name for entity in entities])
        if flow.name in flows:
            raise node.wrong(f"there is a flow {flow.name!r} already; give each its own name")
        flows[flow.name] = flow
    return tuple(flows.values())


def _flow(node: Node, entities: Sequence[str]) -> Flow:
    fields = node.fields(
        ["name", "source", "destination", "port", "expected"], ["protocol", "report"]
    )
    source, destination = (
        fields[end].name(entities, kind="entity", plural="entities")
        for end in ("source", "destination")
    )
    if source == destination:
        raise fields["destination"].wrong("is the source itself; a pod always reaches itself")
    return Flow(
        name=fields["name"].text(),
        source=source,
        destination=destination,
        port=fields["port"].number(1, 65535),
        protocol=protocol(fields),
        expected=fields["expected"].choice((Outcome.ALLOW, Outcome.DENY)),
        report=fields["report"].flag() if "report" in fields else True,
    )


def _minutes(fields: Mapping[str, Node]) -> timedelta | None:
    """After how long in a step somebody counts as stuck."""
    if "stuck_after" not in fields:
        return None
    return timedelta(minutes=fields["stuck_after"].number(1, 24 * 60))


def _steps(
    nodes: Sequence[Node], flows: Sequence[Flow], stuck_after: timedelta | None
) -> tuple[Step, ...]:
    steps: dict[str, Step] = {}
    for node in nodes:
        step = _step(node, flows, stuck_after)
        if step.key in steps:
            raise node.wrong(f"there is a step {step.key!r} already; give each its own key")
        steps[step.key] = step
    return tuple(steps.values())


def _check_needs(entities: Node, flows: Sequence[Flow]) -> None:
    """Entities stand before the flows that they name."""
    names = [flow.name for flow in flows]
    for node in entities.entries().values():
        needs = node.entries().get("ready_needs")
        for item in needs.items() if needs else []:
            item.name(names, kind="flow", plural="flows")


DETECTORS = ("no_policy_selects", "every_pod_isolated", "flows", "not_checked")


def _step(node: Node, flows: Sequence[Flow], stuck_after: timedelta | None) -> Step:
    fields = node.fields(["key", "title", "part"], [*DETECTORS, "stuck_after"])
    named = [key for key in DETECTORS if key in fields]
    if len(named) != 1:
        raise node.wrong(f"needs exactly one of {', '.join(DETECTORS)}")
    return Step(
        key=fields["key"].text(),
        title=fields["title"].text(),
        part=fields["part"].number(1, 99),
        detector=_detector(named[0], fields[named[0]], flows),
        stuck_after=_minutes(fields) or stuck_after,
    )


def _detector(key: str, node: Node, flows: Sequence[Flow]) -> Detector:
    names = [flow.name for flow in flows]
    match key:
        case "not_checked":
            return NotChecked(node.text())
        case "flows" if node.value == "all":
            return FlowsAsExpected(tuple(names))
        case "flows" if node.value == []:
            raise node.wrong("must name a flow, or be `all`")
        case "flows":
            return FlowsAsExpected(
                tuple(item.name(names, kind="flow", plural="flows") for item in node.items())
            )
    if not node.flag():
        raise node.wrong("must be true; leave it out otherwise")
    return NoPolicySelects() if key == "no_policy_selects" else EveryPodIsolated()


def _probe(node: Node, flows: Sequence[Flow], environments: Sequence[str]) -> Probe:
    fields = node.fields(["name", "url", "environment", "reading", "flows"], ["slug", "monitors"])
    names = [flow.name for flow in flows]
    roles = fields["flows"].fields([], Role)
    url = fields["url"].text()
    if not url.startswith(("https://", "http://")) or "{student}" not in url:
        raise fields["url"].wrong("must be an http or https URL that holds {student}")
    return Probe(
        name=fields["name"].text(),
        url=url,
        environment=fields["environment"].name(
            environments, kind="environment", plural="environments"
        ),
        reading=fields["reading"].choice(Reading),
        flows={
            Role(role): flow.name(names, kind="flow", plural="flows")
            for role, flow in roles.items()
        },
        slug=fields["slug"].text() if "slug" in fields else "",
        monitors={key: item.text() for key, item in fields["monitors"].entries().items()}
        if "monitors" in fields
        else {},
    )


def _probes(
    nodes: Sequence[Node], flows: Sequence[Flow], environments: Sequence[str]
) -> list[Probe]:
    probes = [_probe(node, flows, environments) for node in nodes]
    names = [probe.name for probe in probes]
    for node, name in zip(nodes, names, strict=True):
        if names.count(name) > 1:
            raise node.wrong(f"there is a probe {name!r} already; give each its own name")
        monitors = node.entries().get("monitors")
        for item in monitors.entries().values() if monitors else []:
            item.name(names, kind="probe", plural="probes")
    return probes
