"""The lab's steps as items of a report."""

from dashboard.pages.evidence.facts import Facts
from dashboard.pages.evidence.item import Item, State, clock, listed
from dashboard.pages.steps import Known, StepRow, StepState, step_rows
from netpol.lab import Lab, Step

POLICIES = "policies"
STATES = {True: State.HOLDS, False: State.FAILS, None: State.UNKNOWN}


def steps(lab: Lab, facts: Facts) -> tuple[Item, ...]:
    """In the lab's order; `at` of each is when it was first reached."""
    if facts.assessment is None:
        return tuple(_unknown(facts, step) for step in lab.steps)
    rows = step_rows(lab, facts.assessment, Known(facts.reached, {}, {}))
    return tuple(_marked(facts, row.step) or _item(facts, row) for row in rows)


def _item(facts: Facts, row: StepRow) -> Item:
    title = _title(row.step)
    if row.state is StepState.NOT_CHECKED:
        return Item(row.step.key, title, State.NOT_CHECKED, row.evidence)
    if row.words == "done":
        proof = (
            f"It held at {clock(row.reached)}; the steps after it end it." if row.reached else ""
        )
        return Item(row.step.key, title, State.HOLDS, proof, POLICIES, row.reached)
    proof = row.evidence + _by(facts, row.step)
    if row.state is StepState.LOST:
        proof = f"It held once and no longer does. {proof}"
    return Item(row.step.key, title, STATES[row.holds], proof, POLICIES, row.reached)


def _by(facts: Facts, step: Step) -> str:
    """The policies that make it hold."""
    assessed = facts.assessment.steps if facts.assessment else ()
    names = next((each.policies for each in assessed if each.step == step.key), ())
    return f" By {listed(names)}." if names else ""


def _unknown(facts: Facts, step: Step) -> Item:
    found = _marked(facts, step)
    return found or Item(step.key, _title(step), State.UNKNOWN, facts.why_unknown)


def _marked(facts: Facts, step: Step) -> Item | None:
    mark = facts.marks.get(step.key)
    if mark is None:
        return None
    proof = f"Marked by {mark.by} at {clock(mark.at)}."
    return Item(step.key, _title(step), State.HOLDS, proof, "instructor", mark.at)


def _title(step: Step) -> str:
    return f"Part {step.part}: {step.title}"
