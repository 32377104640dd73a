"""What a namespace's state is worth by the lab's rubric, each point with its proof."""

from collections.abc import Sequence

from dashboard.models import ObservedOutcome
from dashboard.pages.evidence.checks import seen_by
from dashboard.pages.evidence.facts import UNREAD, Facts, Found
from dashboard.pages.evidence.item import Item, State, clock, sentence
from dashboard.pages.evidence.score import Points, Scored, ScoredArea
from dashboard.pages.evidence.steps import POLICIES
from dashboard.pages.mistakes import WORDS
from netpol.assess import FlowAssessment, intended
from netpol.lab import (
    ChecksPass,
    Criterion,
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


def points(lab: Lab, facts: Facts, steps: Sequence[Item], checks: Sequence[Item]) -> Points | None:
    """`None` where the lab has no rubric. `steps` and `checks` are the lab's, as items."""
    if not lab.rubric:
        return None
    return Points(
        tuple(
            ScoredArea(
                area.name,
                tuple(
                    Scored(each, tuple(_items(lab, facts, each, steps, checks)))
                    for each in area.criteria
                ),
            )
            for area in lab.rubric
        )
    )


def _items(
    lab: Lab,
    facts: Facts,
    criterion: Criterion,
    steps: Sequence[Item],
    checks: Sequence[Item],
) -> list[Item]:
    of_steps = {item.key: item for item in steps}
    match criterion.measure:
        case FlowsAsExpected(flows):
            found = [_flow(lab, facts, name) for name in flows]
        case FlowsObserved(flows):
            found = [_observed(lab, facts, name) for name in flows]
        case StepsHold(keys):
            found = [of_steps[key] for key in keys]
        case StepsReached(keys):
            found = [_reached(lab, facts, of_steps[key]) for key in keys]
        case StepsKept(keys):
            found = [_kept(facts, of_steps[key]) for key in keys]
        case ChecksPass(keys):
            found = [item for item in checks if item.key in keys]
        case FindingsAbsent(codes):
            found = [_absent(facts, code) for code in codes]
    return found


def _flow(lab: Lab, facts: Facts, name: str) -> Item:
    assessed = {each.flow: each for each in facts.assessment.flows} if facts.assessment else {}
    flow = assessed.get(name)
    if flow is None:
        why = facts.why_unknown or "The lab file was changed after this state was assessed."
        return Item(name, name, State.UNKNOWN, why)
    state = _as_expected(lab, flow)
    by_default = state is State.FAILS and flow.met
    proof = f"It is open, but not by a rule. {flow.headline}" if by_default else flow.headline
    at = facts.snapshot.first_seen if facts.snapshot else None
    return Item(name, name, state, proof, POLICIES, at)


def _as_expected(lab: Lab, flow: FlowAssessment) -> State:
    """An open flow counts when rules open it: without policies everything is open."""
    if flow.predicted is Outcome.UNKNOWN:
        return State.UNKNOWN
    return State.HOLDS if flow.met and intended(lab, flow) else State.FAILS


def _observed(lab: Lab, facts: Facts, name: str) -> Item:
    answers = facts.answers.get(name)
    if answers is None or not answers.observed.seen:
        why = answers.observed.reason if answers else facts.why_unknown
        return Item(name, name, State.NOT_CHECKED, sentence(why))
    look, at, source = answers.observed, answers.observed.seen, seen_by(answers.observed)
    if not look.is_definite:
        return Item(name, name, State.UNKNOWN, sentence(look.reason), source, at)
    told = f"Seen {look.outcome}: {look.reason}"
    by_policies = _flow(lab, facts, name)
    if by_policies.state is not State.HOLDS:
        proof = f"{sentence(told)} By the policies it is not as the lab wants it."
        return Item(name, name, by_policies.state, proof, source, at)
    blocked = look.outcome is ObservedOutcome.BLOCKED
    if blocked is (answers.flow.expected is Outcome.DENY):
        return Item(name, name, State.HOLDS, sentence(told), source, at)
    if excuse := _excuse(facts, name):
        return Item(name, name, State.UNKNOWN, f"{told}, but {excuse}.", source, at)
    return Item(name, name, State.FAILS, f"{sentence(told)} The policies allow it.", source, at)


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
        why = "These policies have not been looked through." if facts.snapshot else UNREAD
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
