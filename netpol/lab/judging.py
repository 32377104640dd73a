"""The parts of a lab file that say what is judged: the checklist and the rubric."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from netpol.lab.detectors import FlowsAsExpected, NotChecked
from netpol.lab.grading import (
    RUBRIC_POINTS,
    ChecklistItem,
    CheckSource,
    ChecksPass,
    Criterion,
    CriterionMeasure,
    FindingsAbsent,
    FlowsObserved,
    FlowsReached,
    MonitorsUp,
    PodsReady,
    PoliciesExist,
    ProbeSucceeds,
    RubricArea,
    StepHolds,
    StepsHold,
    StepsKept,
    StepsReached,
)
from netpol.lab.model import Entity, Flow, Probe, Step
from netpol.lab.node import LabNode, join_names

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
                raise item.build_error(
                    f"there is an item {check.key!r} already; give each its own key"
                )
            checks[check.key] = check
    return tuple(checks.values())


def _read_item(group: str, node: LabNode, known: Mapping[str, list[str]]) -> ChecklistItem:
    fields = node.read_fields(["key", "title"], SOURCES)
    named = _find_only_kind(node, fields, SOURCES)
    source = _read_source(named, fields[named], known)
    return ChecklistItem(fields["key"].as_text(), fields["title"].as_text(), group, source)


def _read_source(key: str, node: LabNode, known: Mapping[str, list[str]]) -> CheckSource:
    lists: dict[str, tuple[Callable[[tuple[str, ...]], CheckSource], str, str]] = {
        "pods_ready": (PodsReady, "entity", "entities of the student"),
        "flows_reached": (FlowsReached, "flow", ""),
        "monitors": (MonitorsUp, "probe", ""),
    }
    if key in lists:
        made, kind, plural = lists[key]
        return made(_read_names(node, known[kind], kind, plural))
    match key:
        case "probe":
            return ProbeSucceeds(node.as_reference(known["probe"], kind="probe", plural="probes"))
        case "step":
            return StepHolds(node.as_reference(known["step"], kind="step", plural="steps"))
        case "not_checked":
            return NotChecked(node.as_text())
    if not node.as_flag():
        raise node.build_error("must be true; leave it out otherwise")
    return PoliciesExist()


def read_rubric(
    node: LabNode, flows: Sequence[Flow], steps: Sequence[Step], checks: Sequence[ChecklistItem]
) -> tuple[RubricArea, ...]:
    """A mapping of areas to criteria, whose points come to a hundred in all."""
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
    if total != RUBRIC_POINTS:
        parts = join_names(f"{area.name} {area.points}" for area in areas)
        raise node.build_error(f"the points must come to {RUBRIC_POINTS}, not {total} ({parts})")
    return areas


def _read_criterion(node: LabNode, known: Mapping[str, list[str]]) -> Criterion:
    fields = node.read_fields(["key", "title", "points"], MEASURES)
    named = _find_only_kind(node, fields, MEASURES)
    return Criterion(
        fields["key"].as_text(),
        fields["title"].as_text(),
        fields["points"].as_number(1, RUBRIC_POINTS),
        _read_measure(named, fields[named], known),
    )


def _read_measure(key: str, node: LabNode, known: Mapping[str, list[str]]) -> CriterionMeasure:
    kinds: dict[str, tuple[Callable[[tuple[str, ...]], CriterionMeasure], str]] = {
        "flows": (FlowsAsExpected, "flow"),
        "observed": (FlowsObserved, "flow"),
        "steps": (StepsHold, "step"),
        "reached": (StepsReached, "step"),
        "kept": (StepsKept, "step"),
        "checklist": (ChecksPass, "item"),
    }
    if key in kinds:
        made, kind = kinds[key]
        return made(_read_all_or_names(node, known[kind], kind))
    codes = _require_items(node)
    for code in codes:
        if not CODE.fullmatch(code.as_text()):
            raise code.build_error(f"must be a finding's code like NP101, not {code.value!r}")
    return FindingsAbsent(tuple(dict.fromkeys(code.as_text() for code in codes)))


def _find_only_kind(node: LabNode, fields: Mapping[str, LabNode], kinds: Iterable[str]) -> str:
    named = [kind for kind in kinds if kind in fields]
    if len(named) != 1:
        raise node.build_error(f"needs exactly one of {join_names(kinds)}")
    return named[0]


def _read_all_or_names(node: LabNode, known: Sequence[str], kind: str) -> tuple[str, ...]:
    if node.value != "all":
        return _read_names(node, known, kind)
    if not known:
        raise node.build_error(f"there is no {kind} at all; name what is to be judged")
    return tuple(known)


def _read_names(
    node: LabNode, known: Sequence[str], kind: str, plural: str = ""
) -> tuple[str, ...]:
    names = (
        item.as_reference(known, kind=kind, plural=plural or f"{kind}s")
        for item in _require_items(node)
    )
    return tuple(dict.fromkeys(names))


def _require_items(node: LabNode) -> list[LabNode]:
    items = node.as_list()
    if not items:
        raise node.build_error("must name at least one")
    return items
