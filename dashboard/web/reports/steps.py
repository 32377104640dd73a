"""The lab's steps as items of a report."""

from dashboard.assess.marks import Said
from dashboard.assess.steps import Known, StepRow, StepState, step_rows
from dashboard.times.moment import clock
from dashboard.web.reports.facts import Facts
from dashboard.web.reports.item import Item, State, listed
from netpol.lab import Lab, NotChecked, Step

POLICIES = "policies"
STATES = {True: State.HOLDS, False: State.FAILS, None: State.UNKNOWN}


def steps(lab: Lab, facts: Facts) -> tuple[Item, ...]:
    """In the lab's order; `at` of each is when it was first reached."""
    if facts.assessment is None:
        return tuple(_unknown(facts, step) for step in lab.steps)
    rows = step_rows(lab, facts.assessment, Known(facts.reached, facts.lost, facts.marks))
    return tuple(_item(facts, row) for row in rows)


def _item(facts: Facts, row: StepRow) -> Item:
    named = title(row.step)
    if row.marked:
        return _marked(row.step, facts.marks[row.step.key])
    if row.state is StepState.NOT_CHECKED:
        return Item(row.step.key, named, State.NOT_CHECKED, f"{row.evidence}{_taken_back(row)}")
    if row.state is StepState.DONE:
        held = f"It held at {clock(row.reached)}; the steps after it end it." if row.reached else ""
        return Item(row.step.key, named, State.DONE, held, POLICIES, row.reached)
    proof = f"{row.evidence} By {listed(row.policies)}." if row.policies else row.evidence
    if row.state is StepState.LOST:
        proof = f"{_until_when(row)} {proof}"
    return Item(row.step.key, named, STATES[row.holds], proof, POLICIES, row.reached)


def _until_when(row: StepRow) -> str:
    if row.holds is None:
        return "It held once."
    if row.lost is None:
        return "It held once and no longer does."
    since = clock(row.lost.after.time)
    return f"It held once, and no longer since {since}: {row.lost.sentence}."


def _unknown(facts: Facts, step: Step) -> Item:
    said = facts.marks.get(step.key)
    if said and said.holds and isinstance(step.detector, NotChecked):
        return _marked(step, said)
    reached = facts.reached.get(step.key)
    return Item(step.key, title(step), State.UNKNOWN, facts.why_unknown, at=reached)


def _marked(step: Step, said: Said) -> Item:
    proof = f"Marked by {said.mark.by} at {clock(said.mark.at)}."
    return Item(step.key, title(step), State.HOLDS, proof, "instructor", said.first)


def _taken_back(row: StepRow) -> str:
    mark = row.taken_back
    if mark is None or mark.taken_back_at is None:
        return ""
    return (
        f" Marked by {mark.by} at {clock(mark.at)}, taken back by {mark.taken_back_by} at"
        f" {clock(mark.taken_back_at)}."
    )


def title(step: Step) -> str:
    return f"Part {step.part}: {step.title}"
