"""What a namespace's state is worth by the lab's rubric, each point with its proof."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.models import ObservedOutcome
from dashboard.times.moment import format_time
from dashboard.web.reports.checks import name_observer
from dashboard.web.reports.facts import NOT_READ_THEN, ReportFacts, StoredFinding
from dashboard.web.reports.items import ItemState, ReportItem, write_sentence
from dashboard.web.reports.points import RubricPoints, ScoredArea, ScoredCriterion
from dashboard.web.reports.steps import POLICIES
from netpol.assess import FlowAssessment, is_intended
from netpol.lab import Criterion, CriterionMeasure, Lab, NotChecked
from netpol.lint import FindingCode
from netpol.model import Outcome

FINDINGS = "findings"
TITLES = {code.value: code.title for code in FindingCode}

ItemsByKey = Mapping[str, ReportItem]
"""By their keys."""


@dataclass(frozen=True, slots=True)
class RubricItems:
    """What criteria speak of, found once: flows by the policies, the steps, the checklist."""

    flows: ItemsByKey
    steps: ItemsByKey
    checks: ItemsByKey


def score_rubric(
    lab: Lab, facts: ReportFacts, steps: Sequence[ReportItem], checks: Sequence[ReportItem]
) -> RubricPoints | None:
    """`None` where the lab has no rubric. `steps` and `checks` are the lab's, as items."""
    if not lab.rubric:
        return None
    shown = RubricItems(
        _build_flow_items(lab, facts),
        {item.key: item for item in steps},
        {item.key: item for item in checks},
    )
    return RubricPoints(
        tuple(
            ScoredArea(
                area.name,
                tuple(
                    ScoredCriterion(each, tuple(_collect_items(lab, facts, shown, each)))
                    for each in area.criteria
                ),
            )
            for area in lab.rubric
        )
    )


def _collect_items(
    lab: Lab, facts: ReportFacts, shown: RubricItems, criterion: Criterion
) -> list[ReportItem]:
    names = criterion.names
    match criterion.measure:
        case CriterionMeasure.FLOWS:
            found = [shown.flows[name] for name in names]
        case CriterionMeasure.OBSERVED:
            found = [_build_observed_item(facts, shown.flows[name]) for name in names]
        case CriterionMeasure.STEPS:
            found = [shown.steps[key] for key in names]
        case CriterionMeasure.REACHED:
            found = [_build_reached_item(lab, facts, shown.steps[key]) for key in names]
        case CriterionMeasure.KEPT:
            found = [_build_kept_item(facts, shown.steps[key]) for key in names]
        case CriterionMeasure.CHECKLIST:
            found = [shown.checks[key] for key in names]
        case CriterionMeasure.WITHOUT:
            found = [_build_finding_item(facts, code) for code in names]
    return found


def _build_flow_items(lab: Lab, facts: ReportFacts) -> ItemsByKey:
    """By what the policies say. An open flow counts when rules open it: without any policy
    everything is open.
    """
    why = facts.why_unknown or "The lab file was changed after this state was assessed."
    items = {
        flow.name: ReportItem(flow.name, flow.name, ItemState.UNKNOWN, why) for flow in lab.flows
    }
    at = facts.snapshot.first_seen if facts.snapshot else None
    for flow in facts.assessment.flows if facts.assessment else ():
        if flow.flow in items:
            state, proof = _judge_flow(lab, flow)
            items[flow.flow] = ReportItem(flow.flow, flow.flow, state, proof, POLICIES, at)
    return items


def _judge_flow(lab: Lab, flow: FlowAssessment) -> tuple[ItemState, str]:
    if flow.predicted is Outcome.UNKNOWN:
        return ItemState.UNKNOWN, flow.headline
    if flow.is_met and not is_intended(lab, flow):
        return ItemState.FAILS, f"It is open, but not by a rule. {flow.headline}"
    return ItemState.HOLDS if flow.is_met else ItemState.FAILS, flow.headline


def _build_observed_item(facts: ReportFacts, by_policies: ReportItem) -> ReportItem:
    name = by_policies.key
    answers = facts.answers.get(name)
    if answers is None or not answers.observed.seen:
        why = answers.observed.reason if answers else facts.why_unknown
        return ReportItem(name, name, ItemState.NOT_CHECKED, write_sentence(why))
    look, source = answers.observed, name_observer(answers.observed)
    told = f"Seen {look.outcome}: {look.reason}"
    as_wanted = (look.outcome is ObservedOutcome.BLOCKED) is (answers.flow.expected is Outcome.DENY)
    if not look.is_definite:
        state, proof = ItemState.UNKNOWN, write_sentence(look.reason)
    elif by_policies.state is not ItemState.HOLDS:
        state = by_policies.state
        proof = f"{write_sentence(told)} By the policies it is not as the lab wants it."
    elif as_wanted:
        state, proof = ItemState.HOLDS, write_sentence(told)
    elif excuse := _explain_no_fault(facts, name):
        state, proof = ItemState.UNKNOWN, f"{told}, but {excuse}."
    else:
        state, proof = ItemState.FAILS, f"{write_sentence(told)} The policies allow it."
    return ReportItem(name, name, state, proof, source, look.seen)


def _explain_no_fault(facts: ReportFacts, name: str) -> str:
    if facts.answers[name].predicted is Outcome.DENY:
        return "the network plugin does not enforce what the policies say"
    return facts.explain_no_fault(name)


def _build_reached_item(lab: Lab, facts: ReportFacts, step: ReportItem) -> ReportItem:
    at = facts.reached.get(step.key)
    if at:
        proof = f"First reached at {format_time(at)}."
        return ReportItem(step.key, step.title, ItemState.HOLDS, proof, POLICIES, at)
    detector = next(each.detector for each in lab.steps if each.key == step.key)
    if isinstance(detector, NotChecked) or step.state is ItemState.UNKNOWN:
        return step
    return ReportItem(step.key, step.title, ItemState.FAILS, "Not reached yet.", POLICIES)


def _build_kept_item(facts: ReportFacts, step: ReportItem) -> ReportItem:
    if step.state is ItemState.FAILS and step.key not in facts.reached:
        return ReportItem(step.key, step.title, ItemState.FAILS, "Not reached yet.", POLICIES)
    return step


def _build_finding_item(facts: ReportFacts, code: str) -> ReportItem:
    words = TITLES.get(code, "")
    title = f"No {code}: {words[:1].lower()}{words[1:]}" if words else f"No {code}"
    if facts.snapshot is None or facts.findings is None:
        why = "These policies have not been looked through." if facts.snapshot else NOT_READ_THEN
        return ReportItem(code, title, ItemState.UNKNOWN, why)
    if not facts.policies:
        return ReportItem(code, title, ItemState.NOT_CHECKED, "There is no policy to look through.")
    at, found = facts.snapshot.first_seen, [each for each in facts.findings if each["code"] == code]
    if found:
        proof = " ".join(map(_describe_finding, found))
        return ReportItem(code, title, ItemState.FAILS, proof, FINDINGS, at)
    return ReportItem(code, title, ItemState.HOLDS, "Not found in these policies.", FINDINGS, at)


def _describe_finding(finding: StoredFinding) -> str:
    place = " ".join(f"`{each}`" for each in (finding["policy"], finding["path"]) if each)
    return f"{finding['code']} in {place}: {finding['message']}" if place else finding["message"]
