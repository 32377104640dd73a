"""What a namespace's state is worth by the lab's rubric, each point with its proof."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.assess.mistakes import WORDS
from dashboard.models import ObservedOutcome
from dashboard.times.moment import clock
from dashboard.web.reports.checks import seen_by
from dashboard.web.reports.facts import NOT_READ_THEN, Facts, Found
from dashboard.web.reports.item import Item, State, sentence
from dashboard.web.reports.score import Points, Scored, ScoredArea
from dashboard.web.reports.steps import POLICIES
from netpol.assess import FlowAssessment, is_intended
from netpol.lab import (
    ChecksPass,
    CriterionMeasure,
    FindingsAbsent,
    FlowsAsExpected,
    FlowsObserved,
    Lab,
    NotChecked,
    StepsHold,
    StepsKept,
    StepsReached,
)
from netpol.model import Outcome

FINDINGS = "findings"
TITLES = {
    **WORDS,
    "NP113": "Two policies that say the same",
    "NP114": "A rule that adds nothing",
}


Items = Mapping[str, Item]
"""By their keys."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What criteria speak of, found once: flows by the policies, the steps, the checklist."""

    flows: Items
    steps: Items
    checks: Items


def points(lab: Lab, facts: Facts, steps: Sequence[Item], checks: Sequence[Item]) -> Points | None:
    """`None` where the lab has no rubric. `steps` and `checks` are the lab's, as items."""
    if not lab.rubric:
        return None
    shown = Shown(
        _flows(lab, facts),
        {item.key: item for item in steps},
        {item.key: item for item in checks},
    )
    return Points(
        tuple(
            ScoredArea(
                area.name,
                tuple(
                    Scored(each, tuple(_items(lab, facts, shown, each.measure)))
                    for each in area.criteria
                ),
            )
            for area in lab.rubric
        )
    )


def _items(lab: Lab, facts: Facts, shown: Shown, measure: CriterionMeasure) -> list[Item]:
    match measure:
        case FlowsAsExpected(flows):
            found = [shown.flows[name] for name in flows]
        case FlowsObserved(flows):
            found = [_observed(facts, shown.flows[name]) for name in flows]
        case StepsHold(keys):
            found = [shown.steps[key] for key in keys]
        case StepsReached(keys):
            found = [_reached(lab, facts, shown.steps[key]) for key in keys]
        case StepsKept(keys):
            found = [_kept(facts, shown.steps[key]) for key in keys]
        case ChecksPass(keys):
            found = [shown.checks[key] for key in keys]
        case FindingsAbsent(codes):
            found = [_absent(facts, code) for code in codes]
    return found


def _flows(lab: Lab, facts: Facts) -> Items:
    """By what the policies say. An open flow counts when rules open it: without any policy
    everything is open.
    """
    why = facts.why_unknown or "The lab file was changed after this state was assessed."
    items = {flow.name: Item(flow.name, flow.name, State.UNKNOWN, why) for flow in lab.flows}
    at = facts.snapshot.first_seen if facts.snapshot else None
    for flow in facts.assessment.flows if facts.assessment else ():
        if flow.flow in items:
            state, proof = _by_policies(lab, flow)
            items[flow.flow] = Item(flow.flow, flow.flow, state, proof, POLICIES, at)
    return items


def _by_policies(lab: Lab, flow: FlowAssessment) -> tuple[State, str]:
    if flow.predicted is Outcome.UNKNOWN:
        return State.UNKNOWN, flow.headline
    if flow.is_met and not is_intended(lab, flow):
        return State.FAILS, f"It is open, but not by a rule. {flow.headline}"
    return State.HOLDS if flow.is_met else State.FAILS, flow.headline


def _observed(facts: Facts, by_policies: Item) -> Item:
    name = by_policies.key
    answers = facts.answers.get(name)
    if answers is None or not answers.observed.seen:
        why = answers.observed.reason if answers else facts.why_unknown
        return Item(name, name, State.NOT_CHECKED, sentence(why))
    look, source = answers.observed, seen_by(answers.observed)
    told = f"Seen {look.outcome}: {look.reason}"
    as_wanted = (look.outcome is ObservedOutcome.BLOCKED) is (answers.flow.expected is Outcome.DENY)
    if not look.is_definite:
        state, proof = State.UNKNOWN, sentence(look.reason)
    elif by_policies.state is not State.HOLDS:
        state = by_policies.state
        proof = f"{sentence(told)} By the policies it is not as the lab wants it."
    elif as_wanted:
        state, proof = State.HOLDS, sentence(told)
    elif excuse := _excuse(facts, name):
        state, proof = State.UNKNOWN, f"{told}, but {excuse}."
    else:
        state, proof = State.FAILS, f"{sentence(told)} The policies allow it."
    return Item(name, name, state, proof, source, look.seen)


def _excuse(facts: Facts, name: str) -> str:
    if facts.answers[name].predicted is Outcome.DENY:
        return "the network plugin does not enforce what the policies say"
    return facts.excuse(name)


def _reached(lab: Lab, facts: Facts, step: Item) -> Item:
    at = facts.reached.get(step.key)
    if at:
        proof = f"First reached at {clock(at)}."
        return Item(step.key, step.title, State.HOLDS, proof, POLICIES, at)
    detector = next(each.detector for each in lab.steps if each.key == step.key)
    if isinstance(detector, NotChecked) or step.state is State.UNKNOWN:
        return step
    return Item(step.key, step.title, State.FAILS, "Not reached yet.", POLICIES)


def _kept(facts: Facts, step: Item) -> Item:
    if step.state is State.FAILS and step.key not in facts.reached:
        return Item(step.key, step.title, State.FAILS, "Not reached yet.", POLICIES)
    return step


def _absent(facts: Facts, code: str) -> Item:
    words = TITLES.get(code, "")
    title = f"No {code}: {words[:1].lower()}{words[1:]}" if words else f"No {code}"
    if facts.snapshot is None or facts.findings is None:
        why = "These policies have not been looked through." if facts.snapshot else NOT_READ_THEN
        return Item(code, title, State.UNKNOWN, why)
    if not facts.policies:
        return Item(code, title, State.NOT_CHECKED, "There is no policy to look through.")
    at, found = facts.snapshot.first_seen, [each for each in facts.findings if each["code"] == code]
    if found:
        proof = " ".join(map(_place, found))
        return Item(code, title, State.FAILS, proof, FINDINGS, at)
    return Item(code, title, State.HOLDS, "Not found in these policies.", FINDINGS, at)


def _place(finding: Found) -> str:
    place = " ".join(f"`{each}`" for each in (finding["policy"], finding["path"]) if each)
    return f"{finding['code']} in {place}: {finding['message']}" if place else finding["message"]
