"""The lab's steps as items of a report."""

from dashboard.assess.steps import MarkHistory, StepRecords, StepRow, StepStatus, build_step_rows
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
    rows = build_step_rows(
        lab, facts.assessment, StepRecords(facts.reached, facts.lost, facts.marks)
    )
    return tuple(_build_step_item(facts, row) for row in rows)


def _build_step_item(facts: ReportFacts, row: StepRow) -> ReportItem:
    named = format_step_title(row.step)
    if row.mark:
        return _build_marked_item(row.step, facts.marks[row.step.key])
    if row.status is StepStatus.NOT_CHECKED:
        return ReportItem(
            row.step.key,
            named,
            ItemState.NOT_CHECKED,
            f"{row.evidence}{_describe_withdrawn_mark(row)}",
        )
    if row.status is StepStatus.DONE:
        held = (
            f"It held at {format_time(row.reached)}; the steps after it end it."
            if row.reached
            else ""
        )
        return ReportItem(row.step.key, named, ItemState.DONE, held, POLICIES, row.reached)
    proof = f"{row.evidence} By {join_names(row.policies)}." if row.policies else row.evidence
    if row.status is StepStatus.LOST:
        proof = f"{_describe_regression(row)} {proof}"
    return ReportItem(row.step.key, named, STATES[row.holds], proof, POLICIES, row.reached)


def _describe_regression(row: StepRow) -> str:
    if row.holds is None:
        return "It held once."
    if row.ended_by is None:
        return "It held once and no longer does."
    since = format_time(row.ended_by.after.time)
    return f"It held once, and no longer since {since}: {row.ended_by.sentence}."


def _build_unknown_item(facts: ReportFacts, step: Step) -> ReportItem:
    said = facts.marks.get(step.key)
    if said and said.is_valid and isinstance(step.detector, NotChecked):
        return _build_marked_item(step, said)
    reached = facts.reached.get(step.key)
    return ReportItem(
        step.key, format_step_title(step), ItemState.UNKNOWN, facts.why_unknown, at=reached
    )


def _build_marked_item(step: Step, said: MarkHistory) -> ReportItem:
    proof = f"Marked by {said.newest.by} at {format_time(said.newest.at)}."
    return ReportItem(
        step.key, format_step_title(step), ItemState.HOLDS, proof, "instructor", said.first_at
    )


def _describe_withdrawn_mark(row: StepRow) -> str:
    mark = row.withdrawn_mark
    if mark is None or mark.taken_back_at is None:
        return ""
    return (
        f" Marked by {mark.by} at {format_time(mark.at)}, taken back by {mark.taken_back_by} at"
        f" {format_time(mark.taken_back_at)}."
    )


def format_step_title(step: Step) -> str:
    return f"Part {step.part}: {step.title}"
