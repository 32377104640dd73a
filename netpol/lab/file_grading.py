"""The parts of a lab file that say what is judged: the checklist and the rubric."""

import re
from collections.abc import Mapping, Sequence

from netpol.lab.conditions import (
    RUBRIC_POINTS,
    ChecklistItem,
    CheckSource,
    Criterion,
    CriterionMeasure,
    RubricArea,
)
from netpol.lab.file_node import LabNode, find_only_kind, join_names
from netpol.lab.model import Entity, Flow, Probe, Step

CODE = re.compile(r"NP\d{3}")
NAMED_KINDS = {
    CheckSource.PODS_READY: "entity",
    CheckSource.FLOWS_REACHED: "flow",
    CheckSource.PROBE: "probe",
    CheckSource.MONITORS: "probe",
    CheckSource.STEP: "step",
    CriterionMeasure.FLOWS: "flow",
    CriterionMeasure.OBSERVED: "flow",
    CriterionMeasure.STEPS: "step",
    CriterionMeasure.REACHED: "step",
    CriterionMeasure.KEPT: "step",
    CriterionMeasure.CHECKLIST: "item",
}
"""The kind of thing that an item or criterion names."""
KnownNames = Mapping[str, Sequence[str]]
"""The names that the file gives to each kind of thing."""


def read_checklist(
    node: LabNode,
    entities: Sequence[Entity],
    flows: Sequence[Flow],
    steps: Sequence[Step],
    probes: Sequence[Probe],
) -> tuple[ChecklistItem, ...]:
    """A mapping of headings to items, each with exactly one source."""
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
    fields = node.read_fields(["key", "title"], CheckSource)
    source = CheckSource(find_only_kind(node, fields, CheckSource))
    names: tuple[str, ...] = ()
    match source:
        case CheckSource.POLICIES_EXIST:
            fields[source].require_true()
        case CheckSource.PROBE | CheckSource.STEP:
            kind = NAMED_KINDS[source]
            names = (fields[source].as_reference(known[kind], kind=kind),)
        case CheckSource.PODS_READY | CheckSource.FLOWS_REACHED | CheckSource.MONITORS:
            names = _read_names(fields[source], NAMED_KINDS[source], known)
    reason = fields[CheckSource.NOT_CHECKED].as_text()
    return ChecklistItem(
        fields["key"].as_text(), fields["title"].as_text(), group, source, names, reason
    )


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
    fields = node.read_fields(["key", "title", "points"], CriterionMeasure)
    measure = CriterionMeasure(find_only_kind(node, fields, CriterionMeasure))
    return Criterion(
        fields["key"].as_text(),
        fields["title"].as_text(),
        fields["points"].as_number(1, RUBRIC_POINTS),
        measure,
        _read_measured(fields[measure], measure, known),
    )


def _read_measured(node: LabNode, measure: CriterionMeasure, known: KnownNames) -> tuple[str, ...]:
    if measure is CriterionMeasure.WITHOUT:
        for code in _require_items(node):
            if not CODE.fullmatch(code.as_text()):
                raise code.build_error(f"must be a finding's code like NP101, not {code.value!r}")
        return tuple(dict.fromkeys(code.as_text() for code in node.as_list()))
    kind = NAMED_KINDS[measure]
    if node.value != "all":
        return _read_names(node, kind, known)
    if not known[kind]:
        raise node.build_error(f"there is no {kind} at all; name what is to be judged")
    return tuple(known[kind])


def _read_names(node: LabNode, kind: str, known: KnownNames) -> tuple[str, ...]:
    plural = "entities of the student" if kind == "entity" else ""
    items = _require_items(node)
    names = (item.as_reference(known[kind], kind=kind, plural=plural) for item in items)
    return tuple(dict.fromkeys(names))


def _require_items(node: LabNode) -> list[LabNode]:
    items = node.as_list()
    if not items:
        raise node.build_error("must name at least one")
    return items
