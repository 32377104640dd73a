"""Reports as JSON: a contract that other programs go by."""

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from typing import Any

from dashboard.assess.setbacks import Setback
from dashboard.assess.unread import Unread
from dashboard.assess.votes import Observed
from dashboard.times.moment import At
from dashboard.web.compare.page import TurnRow
from dashboard.web.incidents.page import Broken
from dashboard.web.reports.facts import Facts
from dashboard.web.reports.item import Item, State
from dashboard.web.reports.page import FlowLine, Graded, Report
from dashboard.web.reports.score import Points, Scored, Share
from netpol.lab import Lab

SCHEMA = 2
"""Grows with every change that a reader of an older one would stumble over."""
Json = dict[str, Any]


def report_json(report: Report) -> Json:
    facts, past = report.facts, report.past
    return (
        {"schema": SCHEMA}
        | _lab(report.lab)
        | graded_json(report.graded)
        | {
            "flows": [_flow(line) for line in report.flows],
            "from_baseline": {
                "opened": _turned(report.opened),
                "closed": _turned(report.closed),
                "unclear": _turned(report.unclear),
            },
            "findings": None if report.findings is None else list(report.findings),
            "setbacks": [_setback(each) for each in past.setbacks],
            "incidents": [_incident(each) for each in past.incidents],
            "hints_opened": [
                {"cause": each.cause, "tier": each.tier, "by": each.by, "at": _time(each.at)}
                for each in past.hints
            ],
            "first_recorded": _time(past.began),
            "policies": list(facts.policies),
        }
    )


def class_json(lab: Lab, everybody: Iterable[Graded]) -> Json:
    return {"schema": SCHEMA} | _lab(lab) | {"reports": [graded_json(each) for each in everybody]}


def graded_json(graded: Graded) -> Json:
    facts = graded.facts
    snapshot = facts.snapshot
    return {
        "namespace": facts.namespace.name,
        "student": facts.namespace.student,
        "name": facts.student_name,
        "section": facts.section,
        "environment": facts.namespace.environment,
        "moment": _time(facts.moment),
        "state_since": _time(snapshot.first_seen) if snapshot else None,
        "last_seen": _time(facts.seen),
        "cannot_be_read": _unread(facts.unread) if facts.unread else None,
        "steps": [_step(facts, item) for item in graded.steps],
        "checklist": [item_json(item) | {"group": item.group} for item in graded.checks],
        "points": _points(graded.points) if graded.points else None,
    }


def _step(facts: Facts, item: Item) -> Json:
    lost = facts.lost.get(item.key) if item.state is State.FAILS else None
    return item_json(item) | {
        "first_reached": _time(item.at),
        "lost_since": _time(lost.after.time) if lost else None,
    }


def _lab(lab: Lab) -> Json:
    return {"lab": {"name": lab.name, "title": lab.title}}


def item_json(item: Item) -> Json:
    return {
        "key": item.key,
        "title": item.title,
        "state": item.state.value,
        "proof": item.proof,
        "source": item.source,
        "at": _time(item.at),
    }


def _points(points: Points) -> Json:
    return _share(points.share) | {
        "areas": [
            {"name": area.name}
            | _share(area.share)
            | {"criteria": [_scored(scored) for scored in area.criteria]}
            for area in points.areas
        ]
    }


def _scored(scored: Scored) -> Json:
    criterion = scored.criterion
    items = [item_json(item) for item in scored.items]
    named = {"key": criterion.key, "title": criterion.title}
    return named | _share(scored.share) | {"items": items}


def _share(share: Share) -> Json:
    return {
        "earned": rounded(share.earned),
        "judged": rounded(share.judged),
        "of": share.of,
    }


def rounded(value: Fraction) -> float:
    return round(float(value), 2)


def _flow(line: FlowLine) -> Json:
    answers, flow = line.answers, line.answers.flow
    return {
        "name": flow.name,
        "source": flow.source,
        "destination": flow.destination,
        "port": flow.port,
        "protocol": flow.protocol.value,
        "expected": flow.expected.value,
        "predicted": answers.predicted.value,
        "observed": answers.observed.outcome.value,
        "explanation": line.assessed.explanation,
        "observation": _observation(answers.observed),
    }


def _observation(look: Observed) -> Json:
    return {
        "reason": look.reason,
        "method": look.method,
        "vantage": look.vantage,
        "since": _time(look.since),
        "seen": _time(look.seen),
    }


def _unread(unread: Unread) -> Json:
    return {"since": _time(unread.since), "reason": unread.reason}


def _turned(rows: Iterable[TurnRow]) -> list[Json]:
    return [{"flow": row.flow.name, "why": row.sentence} for row in rows]


def _setback(setback: Setback) -> Json:
    return {
        "steps": [step.key for step in setback.steps],
        "still_lost": [step.key for step in setback.left],
        "what": setback.change.sentence,
        "policies": [{"name": each.name, "change": each.word} for each in setback.change.policies],
        "from": _time(setback.since),
        "until": _time(setback.again),
        "seconds": int(setback.lasted.total_seconds()),
    }


def _incident(incident: Broken) -> Json:
    """`students` is whether it counts for the student at all."""
    return {
        "flows": list(incident.flows),
        "still_lost": list(incident.left),
        "cause": incident.cause.value,
        "what": incident.sentence,
        "reason": incident.reason,
        "students": incident.is_students,
        "worked_until": _time(incident.worked_at),
        "from": _time(incident.opened_at),
        "until": _time(incident.closed_at),
        "seconds": int(incident.lasted.total_seconds()),
    }


def _time(moment: datetime | None) -> str | None:
    return str(At(moment)) if moment else None
