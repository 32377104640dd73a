"""Reports as JSON: a contract that other programs go by."""

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from typing import Any

from dashboard.assess.comparison import TransitionRow
from dashboard.assess.fetch_problems import FetchProblem
from dashboard.assess.probe_votes import ObservedFlow
from dashboard.assess.regressions import RegressionGroup
from dashboard.times.moment import TimeMoment
from dashboard.web.incidents.page import IncidentGroup
from dashboard.web.reports.facts import ReportFacts
from dashboard.web.reports.items import ItemState, ReportItem
from dashboard.web.reports.points import PointShare, RubricPoints, ScoredCriterion
from dashboard.web.reports.report import GradedNamespace, NamespaceReport, ReportFlow
from netpol.lab import Lab

SCHEMA = 2
"""Grows with every change that a reader of an older one would stumble over."""
Json = dict[str, Any]


def dump_report(report: NamespaceReport) -> Json:
    facts, past = report.facts, report.history
    return (
        {"schema": SCHEMA}
        | _dump_lab(report.lab)
        | dump_graded(report.graded)
        | {
            "flows": [_dump_flow(line) for line in report.flows],
            "from_baseline": {
                "opened": _dump_turned_flows(report.flows_opened),
                "closed": _dump_turned_flows(report.flows_closed),
                "unclear": _dump_turned_flows(report.flows_unclear),
            },
            "findings": None if report.findings is None else list(report.findings),
            "setbacks": [_dump_regression(each) for each in past.setbacks],
            "incidents": [_dump_incident(each) for each in past.incidents],
            "hints_opened": [
                {"cause": each.cause, "tier": each.tier, "by": each.by, "at": _dump_time(each.at)}
                for each in past.hints
            ],
            "first_recorded": _dump_time(past.first_recorded),
            "policies": list(facts.policies),
        }
    )


def dump_class(lab: Lab, everybody: Iterable[GradedNamespace]) -> Json:
    return (
        {"schema": SCHEMA} | _dump_lab(lab) | {"reports": [dump_graded(each) for each in everybody]}
    )


def dump_graded(graded: GradedNamespace) -> Json:
    facts = graded.facts
    snapshot = facts.snapshot
    return {
        "namespace": facts.namespace.name,
        "student": facts.namespace.student,
        "name": facts.student_name,
        "section": facts.section,
        "environment": facts.namespace.environment,
        "moment": _dump_time(facts.moment),
        "state_since": _dump_time(snapshot.first_seen) if snapshot else None,
        "last_seen": _dump_time(facts.last_seen_at),
        "cannot_be_read": _dump_fetch_error(facts.unread) if facts.unread else None,
        "steps": [_dump_step(facts, item) for item in graded.steps],
        "checklist": [_dump_item(item) | {"group": item.group} for item in graded.checks],
        "points": _dump_points(graded.points) if graded.points else None,
    }


def _dump_step(facts: ReportFacts, item: ReportItem) -> Json:
    lost = facts.lost.get(item.key) if item.state is ItemState.FAILS else None
    return _dump_item(item) | {
        "first_reached": _dump_time(item.at),
        "lost_since": _dump_time(lost.after.time) if lost else None,
    }


def _dump_lab(lab: Lab) -> Json:
    return {"lab": {"name": lab.name, "title": lab.title}}


def _dump_item(item: ReportItem) -> Json:
    return {
        "key": item.key,
        "title": item.title,
        "state": item.state.value,
        "proof": item.proof,
        "source": item.source,
        "at": _dump_time(item.at),
    }


def _dump_points(points: RubricPoints) -> Json:
    return _dump_share(points.share) | {
        "areas": [
            {"name": area.name}
            | _dump_share(area.share)
            | {"criteria": [_dump_criterion(scored) for scored in area.criteria]}
            for area in points.areas
        ]
    }


def _dump_criterion(scored: ScoredCriterion) -> Json:
    criterion = scored.criterion
    items = [_dump_item(item) for item in scored.items]
    named = {"key": criterion.key, "title": criterion.title}
    return named | _dump_share(scored.share) | {"items": items}


def _dump_share(share: PointShare) -> Json:
    return {
        "earned": round_points(share.earned),
        "judged": round_points(share.judged),
        "of": share.of,
    }


def round_points(value: Fraction) -> float:
    return round(float(value), 2)


def _dump_flow(line: ReportFlow) -> Json:
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
        "observation": _dump_observation(answers.observed),
    }


def _dump_observation(look: ObservedFlow) -> Json:
    return {
        "reason": look.reason,
        "method": look.method,
        "vantage": look.vantage,
        "since": _dump_time(look.since),
        "seen": _dump_time(look.seen),
    }


def _dump_fetch_error(unread: FetchProblem) -> Json:
    return {"since": _dump_time(unread.since), "reason": unread.reason}


def _dump_turned_flows(rows: Iterable[TransitionRow]) -> list[Json]:
    return [{"flow": row.flow.name, "why": row.sentence} for row in rows]


def _dump_regression(setback: RegressionGroup) -> Json:
    return {
        "steps": [step.key for step in setback.steps],
        "still_lost": [step.key for step in setback.open_steps],
        "what": setback.change.sentence,
        "policies": [{"name": each.name, "change": each.verb} for each in setback.change.policies],
        "from": _dump_time(setback.since),
        "until": _dump_time(setback.regained_at),
        "seconds": int(setback.duration.total_seconds()),
    }


def _dump_incident(incident: IncidentGroup) -> Json:
    """`students` is whether it counts for the student at all."""
    return {
        "flows": list(incident.flows),
        "still_lost": list(incident.still_lost),
        "cause": incident.cause.value,
        "what": incident.sentence,
        "reason": incident.reason,
        "students": incident.is_students,
        "worked_until": _dump_time(incident.worked_at),
        "from": _dump_time(incident.opened_at),
        "until": _dump_time(incident.closed_at),
        "seconds": int(incident.duration.total_seconds()),
    }


def _dump_time(moment: datetime | None) -> str | None:
    return str(TimeMoment(moment)) if moment else None
