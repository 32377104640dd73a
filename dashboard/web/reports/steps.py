"""The lab's steps as items of a report."""

from dashboard.assess.marks import Said
from dashboard.assess.steps import Known, StepRow, StepState, step_rows
from dashboard.times.moment import format_time
from dashboard.web.reports.facts import ReportFacts
from dashboard.web.reports.items import ItemState, ReportItem, join_names
from netpol.lab import Lab, NotChecked, Step

POLICIES = "policies"
STATES = {True: ItemState.HOLDS, False: ItemState.FAILS, None: ItemState.UNKNOWN}


def build_step_items(lab: Lab, facts: ReportFacts) -> tuple[ReportItem, ...]:
    """In the lab's order; `at` of each is when it was first reached."""
    if facts.assessment is None:
        return tuple(_build_unknown_item(facts, step) for step in lab.steps)
    rows = step_rows(lab, facts.assessment, Known(facts.reached, facts.lost, facts.marks))
    return tuple(_build_step_item(facts, row) for row in rows)


def _build_step_item(facts: ReportFacts, row: StepRow) -> ReportItem:
    named = format_step_title(row.step)
    if row.marked:
        return _build_marked_item(row.step, facts.marks[row.step.key])
    if row.state is StepState.NOT_CHECKED:
        return ReportItem(
            row.step.key,
            named,
            ItemState.NOT_CHECKED,
            f"{row.evidence}{_describe_withdrawn_mark(row)}",
        )
    if row.state is StepState.DONE:
        held = (
            f"It held at {format_time(row.reached)}; the steps after it end it."
            if row.reached
            else ""
        )
        return ReportItem(row.step.key, named, ItemState.DONE, held, POLICIES, row.reached)
    proof = f"{row.evidence} By {join_names(row.policies)}." if row.policies else row.evidence
    if row.state is StepState.LOST:
        proof = f"{_describe_regression(row)} {proof}"
    return ReportItem(row.step.key, named, STATES[row.holds], proof, POLICIES, row.reached)


def _describe_regression(row: StepRow) -> str:
    if row.holds is None:
        return "It held once."
    if row.lost is None:
        return "It held once and no longer does."
    since = format_time(row.lost.after.time)
    return f"It held once, and no longer since {since}: {row.lost.sentence}."


def _build_unknown_item(facts: ReportFacts, step: Step) -> ReportItem:
    said = facts.marks.get(step.key)
    if said and said.holds and isinstance(step.detector, NotChecked):
        return _build_marked_item(step, said)
    reached = facts.reached.get(step.key)
    return ReportItem(
        step.key, format_step_title(step), ItemState.UNKNOWN, facts.why_unknown, at=reached
    )


def _build_marked_item(step: Step, said: Said) -> ReportItem:
    proof = f"Marked by {said.mark.by} at {format_time(said.mark.at)}."
    return ReportItem(
        step.key, format_step_title(step), ItemState.HOLDS, proof, "instructor", said.first
    )


def _describe_withdrawn_mark(row: StepRow) -> str:
    mark = row.taken_back
    if mark is None or mark.taken_back_at is None:
        return ""
    return (
        f" Marked by {mark.by} at {format_time(mark.at)}, taken back by {mark.taken_back_by} at"
        f" {format_time(mark.taken_back_at)}."
    )


def format_step_title(step: Step) -> str:
    return f"Part {step.part}: {step.title}"
