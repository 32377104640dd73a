"""The parts of a lab file that say what is judged: the checklist and the rubric."""

import re
from collections.abc import Callable, Mapping, Sequence

from netpol.lab.conditions import (
    RUBRIC_POINTS,
    ChecklistItem,
    CheckSource,
    ChecksPass,
    Criterion,
    CriterionMeasure,
    FindingsAbsent,
    FlowsAsExpected,
    FlowsObserved,
    FlowsReached,
    MonitorsUp,
    NotChecked,
    PodsReady,
    PoliciesExist,
    ProbeSucceeds,
    RubricArea,
    StepHolds,
    StepsHold,
    StepsKept,
    StepsReached,
)
from netpol.lab.file_node import LabNode, find_only_kind, join_names
from netpol.lab.model import Entity, Flow, Probe, Step

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

KnownNames = Mapping[str, Sequence[str]]
"""The names that a file gives to each kind of thing."""


def read_checklist(
    node: LabNode,
    entities: Sequence[Entity],
    flows: Sequence[Flow],
    steps: Sequence[Step],
    probes: Sequence[Probe],
) -> tuple[ChecklistItem, ...]:
    """A mapping of headings to items, each with exactly one of `SOURCES`."""
    known = {
        "entity": [entity.name for entity in entities if entity.is_student_entity],
        "flow": [flow.name for flow in flows],
        "step": [step.key for step in steps],
        "probe": [probe.name for probe in probes],
    }
    checks: dict[str, ChecklistItem] = {}
    for group, items in node.as_mapping().items():
        for item in items.as_list():
            check = _read_item(group, item, known)
            if check.key in checks:
                message = f"there is an item {check.key!r} already; give each its own key"
                raise item.build_error(message)
            checks[check.key] = check
    return tuple(checks.values())


def _read_item(group: str, node: LabNode, known: KnownNames) -> ChecklistItem:
    fields = node.read_fields(["key", "title"], SOURCES)
    kind = find_only_kind(node, fields, SOURCES)
    source = _read_source(kind, fields[kind], known)
    return ChecklistItem(fields["key"].as_text(), fields["title"].as_text(), group, source)


def _read_source(kind: str, node: LabNode, known: KnownNames) -> CheckSource:
    match kind:
        case "pods_ready":
            plural = "entities of the student"
            return PodsReady(_read_names(node, known["entity"], "entity", plural))
        case "flows_reached":
            return FlowsReached(_read_names(node, known["flow"], "flow"))
        case "monitors":
            return MonitorsUp(_read_names(node, known["probe"], "probe"))
        case "probe" | "step":
            name = node.as_reference(known[kind], kind=kind)
            return ProbeSucceeds(name) if kind == "probe" else StepHolds(name)
        case "not_checked":
            return NotChecked(node.as_text())
    node.require_true()
    return PoliciesExist()


def read_rubric(
    node: LabNode, flows: Sequence[Flow], steps: Sequence[Step], checks: Sequence[ChecklistItem]
) -> tuple[RubricArea, ...]:
    """A mapping of areas to criteria, whose points add up to a hundred."""
    known = {
        "flow": [flow.name for flow in flows],
        "step": [step.key for step in steps],
        "item": [check.key for check in checks],
    }
    areas = tuple(
        RubricArea(name, tuple(_read_criterion(item, known) for item in items.as_list()))
        for name, items in node.as_mapping().items()
    )
    keys = [criterion.key for area in areas for criterion in area.criteria]
    for key in keys:
        if keys.count(key) > 1:
            raise node.build_error(f"there are two criteria {key!r}; give each its own key")
    total = sum(area.points for area in areas)
    if node.is_given and total != RUBRIC_POINTS:
        parts = join_names(f"{area.name} {area.points}" for area in areas)
        raise node.build_error(f"the points must come to {RUBRIC_POINTS}, not {total} ({parts})")
    return areas


def _read_criterion(node: LabNode, known: KnownNames) -> Criterion:
    fields = node.read_fields(["key", "title", "points"], MEASURES)
    kind = find_only_kind(node, fields, MEASURES)
    return Criterion(
        fields["key"].as_text(),
        fields["title"].as_text(),
        fields["points"].as_number(1, RUBRIC_POINTS),
        _read_measure(kind, fields[kind], known),
    )


def _read_measure(kind: str, node: LabNode, known: KnownNames) -> CriterionMeasure:
    measures: dict[str, tuple[Callable[[tuple[str, ...]], CriterionMeasure], str]] = {
        "flows": (FlowsAsExpected, "flow"),
        "observed": (FlowsObserved, "flow"),
        "steps": (StepsHold, "step"),
        "reached": (StepsReached, "step"),
        "kept": (StepsKept, "step"),
        "checklist": (ChecksPass, "item"),
    }
    if kind in measures:
        build, named = measures[kind]
        if node.value != "all":
            return build(_read_names(node, known[named], named))
        if not known[named]:
            raise node.build_error(f"there is no {named} at all; name what is to be judged")
        return build(tuple(known[named]))
    codes = _require_items(node)
    for code in codes:
        if not CODE.fullmatch(code.as_text()):
            raise code.build_error(f"must be a finding's code like NP101, not {code.value!r}")
    return FindingsAbsent(tuple(dict.fromkeys(code.as_text() for code in codes)))


def _read_names(
    node: LabNode, known: Sequence[str], kind: str, plural: str = ""
) -> tuple[str, ...]:
    items = _require_items(node)
    names = (item.as_reference(known, kind=kind, plural=plural) for item in items)
    return tuple(dict.fromkeys(names))


def _require_items(node: LabNode) -> list[LabNode]:
    items = node.as_list()
    if not items:
        raise node.build_error("must name at least one")
    return items
