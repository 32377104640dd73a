"""The parts of a lab file that say what is judged: the checklist and the rubric."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from netpol.lab.detectors import FlowsAsExpected, NotChecked
from netpol.lab.grading import (
    WHOLE,
    Area,
    Check,
    ChecksPass,
    Criterion,
    FindingsAbsent,
    FlowsObserved,
    FlowsReached,
    Measure,
    MonitorsUp,
    PodsReady,
    PoliciesExist,
    ProbeSucceeds,
    Source,
    StepHolds,
    StepsHold,
    StepsKept,
    StepsReached,
)
from netpol.lab.model import Entity, Flow, Probe, Step
from netpol.lab.node import Node, listed

SOURCES = (
    "pods_ready",
    "policies_exist",
    "flows_reached",
    "probe",
    "monitors",
    "step",
    "not_checked",
)
MEASURES = ("flows", "steps", "reached", "kept", "observed", "checklist", "without")
CODE = re.compile(r"NP\d{3}")


def checklist(
    node: Node,
    entities: Sequence[Entity],
    flows: Sequence[Flow],
    steps: Sequence[Step],
    probes: Sequence[Probe],
) -> tuple[Check, ...]:
    """A mapping of headings to items, each with exactly one of `SOURCES`."""
    known = {
        "entity": [entity.name for entity in entities if entity.is_students],
        "flow": [flow.name for flow in flows],
        "step": [step.key for step in steps],
        "probe": [probe.name for probe in probes],
    }
    checks: dict[str, Check] = {}
    for group, items in node.entries().items():
        for item in items.items():
            check = _check(group, item, known)
            if check.key in checks:
                raise item.wrong(f"there is an item {check.key!r} already; give each its own key")
            checks[check.key] = check
    return tuple(checks.values())


def _check(group: str, node: Node, known: Mapping[str, list[str]]) -> Check:
    fields = node.fields(["key", "title"], SOURCES)
    named = _one_of(node, fields, SOURCES)
    source = _source(named, fields[named], known)
    return Check(fields["key"].text(), fields["title"].text(), group, source)


def _source(key: str, node: Node, known: Mapping[str, list[str]]) -> Source:
    lists: dict[str, tuple[Callable[[tuple[str, ...]], Source], str, str]] = {
        "pods_ready": (PodsReady, "entity", "entities of the student"),
        "flows_reached": (FlowsReached, "flow", ""),
        "monitors": (MonitorsUp, "probe", ""),
    }
    if key in lists:
        made, kind, plural = lists[key]
        return made(_names(node, known[kind], kind, plural))
    match key:
        case "probe":
            return ProbeSucceeds(node.name(known["probe"], kind="probe", plural="probes"))
        case "step":
            return StepHolds(node.name(known["step"], kind="step", plural="steps"))
        case "not_checked":
            return NotChecked(node.text())
    if not node.flag():
        raise node.wrong("must be true; leave it out otherwise")
    return PoliciesExist()


def rubric(
    node: Node, flows: Sequence[Flow], steps: Sequence[Step], checks: Sequence[Check]
) -> tuple[Area, ...]:
    """A mapping of areas to criteria, whose points come to a hundred in all."""
    known = {
        "flow": [flow.name for flow in flows],
        "step": [step.key for step in steps],
        "item": [check.key for check in checks],
    }
    areas = tuple(
        Area(name, tuple(_criterion(item, known) for item in items.items()))
        for name, items in node.entries().items()
    )
    keys = [criterion.key for area in areas for criterion in area.criteria]
    for key in keys:
        if keys.count(key) > 1:
            raise node.wrong(f"there are two criteria {key!r}; give each its own key")
    total = sum(area.points for area in areas)
    if total != WHOLE:
        parts = listed(f"{area.name} {area.points}" for area in areas)
        raise node.wrong(f"the points must come to {WHOLE}, not {total} ({parts})")
    return areas


def _criterion(node: Node, known: Mapping[str, list[str]]) -> Criterion:
    fields = node.fields(["key", "title", "points"], MEASURES)
    named = _one_of(node, fields, MEASURES)
    return Criterion(
        fields["key"].text(),
        fields["title"].text(),
        fields["points"].number(1, WHOLE),
        _measure(named, fields[named], known),
    )


def _measure(key: str, node: Node, known: Mapping[str, list[str]]) -> Measure:
    kinds: dict[str, tuple[Callable[[tuple[str, ...]], Measure], str]] = {
        "flows": (FlowsAsExpected, "flow"),
        "observed": (FlowsObserved, "flow"),
        "steps": (StepsHold, "step"),
        "reached": (StepsReached, "step"),
        "kept": (StepsKept, "step"),
        "checklist": (ChecksPass, "item"),
    }
    if key in kinds:
        made, kind = kinds[key]
        return made(_all_or(node, known[kind], kind))
    codes = _some(node)
    for code in codes:
        if not CODE.fullmatch(code.text()):
            raise code.wrong(f"must be a finding's code like NP101, not {code.value!r}")
    return FindingsAbsent(tuple(dict.fromkeys(code.text() for code in codes)))


def _one_of(node: Node, fields: Mapping[str, Node], kinds: Iterable[str]) -> str:
    named = [kind for kind in kinds if kind in fields]
    if len(named) != 1:
        raise node.wrong(f"needs exactly one of {listed(kinds)}")
    return named[0]


def _all_or(node: Node, known: Sequence[str], kind: str) -> tuple[str, ...]:
    if node.value != "all":
        return _names(node, known, kind)
    if not known:
        raise node.wrong(f"there is no {kind} at all; name what is to be judged")
    return tuple(known)


def _names(node: Node, known: Sequence[str], kind: str, plural: str = "") -> tuple[str, ...]:
    names = (item.name(known, kind=kind, plural=plural or f"{kind}s") for item in _some(node))
    return tuple(dict.fromkeys(names))


def _some(node: Node) -> list[Node]:
    items = node.items()
    if not items:
        raise node.wrong("must name at least one")
    return items
