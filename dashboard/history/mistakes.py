"""Records which mistakes a snapshot has, and since when.

A mistake is what an instructor would explain to several students at once: a finding by its code, or
a root cause by its code and the step that it hinders. Names of policies do not matter: each student
chooses their own.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from dashboard.active_lab import active_lab
from dashboard.assess import json_columns as stored
from dashboard.assess.assessment_summary import find_asking_step
from dashboard.assess.class_assessment import AssessedNamespace
from dashboard.health.work import guard_unit
from dashboard.live import NamespaceNews, publish_news
from dashboard.models import Snapshot, StoredDiagnosis
from dashboard.models.interval import BATCH
from netpol.diagnose import MISSING_CODES, CauseCode
from netpol.lab import Lab
from netpol.lint import MISSING_ELSEWHERE, FindingCode, FindingLevel
from netpol.model import Outcome
from netpol.repair.structure import parse_path

log = logging.getLogger(__name__)

JsonObject = Mapping[str, Any]
"""A cause or a finding, as `netpol.json_output` writes it; or a mistake, as a snapshot keeps it."""
MistakeKey = tuple[str, str]
"""A code, and the key of the step that it hinders; empty where the code says it all."""

ONE_SIDED = FindingCode.ONE_SIDE_ONLY.value
VAGUE = {
    code.value
    for code in (FindingCode.IDLE_POLICY, FindingCode.IDLE_PEER, FindingCode.UNDECLARED_PORT)
}
"""Findings that say less than a cause at the same place does."""
NO_MISTAKES = {CauseCode.OUTSIDE, CauseCode.UNKNOWN, CauseCode.MISSING_POLICY}
"""A missing policy is a step still to come, and the board shows that already."""


def record_mistakes(found: Iterable[AssessedNamespace]) -> None:
    """Record the mistakes of open snapshots that have been diagnosed since they began."""
    states = {(one.reading.namespace.name, one.snapshot.digest): one.snapshot for one in found}
    waiting = Snapshot.objects.filter(is_open=True, mistakes__isnull=True)
    digests = {
        snapshot: stored.compute_diagnosis_key(state.policies, state.assessment, state.pods)
        for snapshot in waiting.select_related("namespace")
        if (state := states.get((snapshot.namespace.name, snapshot.digest)))
    }
    known = find_mistakes(sorted(set(digests.values())))
    diagnosed = [snapshot for snapshot, digest in digests.items() if digest in known]
    for snapshot in diagnosed:
        _store_mistakes(snapshot, known[digests[snapshot]])
    if diagnosed:
        seen = max(snapshot.last_seen for snapshot in diagnosed)
        publish_news(seen, (NamespaceNews(snapshot.namespace_id) for snapshot in diagnosed))


def find_mistakes(digests: Sequence[str]) -> dict[str, list[MistakeKey]]:
    """Return the mistakes of each stored diagnosis, by its digest."""
    found: dict[str, list[MistakeKey]] = {}
    for start in range(0, len(digests), BATCH):
        rows = StoredDiagnosis.objects.filter(digest__in=digests[start : start + BATCH])
        for row in rows.only("causes", "findings"):
            with guard_unit(log, "the mistakes of a state cannot be told: %s", row.digest):
                found[row.digest] = list(
                    dict.fromkeys(list_mistakes(active_lab(), row.causes, row.findings))
                )
    return found


def _store_mistakes(snapshot: Snapshot, found: Iterable[MistakeKey]) -> None:
    """Store them with their age: a mistake of the snapshot before keeps its beginning.

    A snapshot that another poll is closing is skipped; the next poll records what follows.
    """
    earlier = Snapshot.objects.filter(
        namespace=snapshot.namespace_id, first_seen__lt=snapshot.first_seen
    )
    last = earlier.filter(mistakes__isnull=False).values_list("mistakes", flat=True).first()
    made = date_mistakes(found, snapshot.first_seen, last or ())
    with transaction.atomic():
        open_ones = Snapshot.objects.filter(pk=snapshot.pk, is_open=True).only("pk")
        for each in open_ones.select_for_update(skip_locked=True):
            Snapshot.objects.filter(pk=each.pk).update(mistakes=made)


def date_mistakes(
    found: Iterable[MistakeKey], begun: datetime, earlier: Iterable[JsonObject]
) -> list[JsonObject]:
    """As a snapshot that began then keeps them, after one that kept the `earlier` ones."""
    since = {(each["code"], each["step"]): each["since"] for each in earlier}
    return [
        {"code": code, "step": step, "since": since.get((code, step), begun.isoformat())}
        for code, step in found
    ]


def list_mistakes(
    lab: Lab, causes: list[JsonObject], findings: list[JsonObject]
) -> Iterator[MistakeKey]:
    """Where a finding and a root cause are about one place, yield the more specific one."""
    reported: list[JsonObject] = []
    for finding in _filter_findings(findings, causes):
        if not _is_covered(finding, reported):
            yield finding["code"], ""
        if finding["code"] not in MISSING_ELSEWHERE:
            reported.append(finding)
    for cause in causes:
        if cause["code"] in MISSING_CODES and _has_other_side(lab, cause, causes):
            yield ONE_SIDED, ""
        elif cause["code"] not in NO_MISTAKES and not _is_covered(cause, reported):
            yield cause["code"], find_asking_step(lab, cause["flows"])


def _filter_findings(findings: list[JsonObject], causes: list[JsonObject]) -> Iterator[JsonObject]:
    for finding in findings:
        vague = finding["code"] in VAGUE and _is_covered(finding, causes)
        if finding["level"] != FindingLevel.INFO and finding["code"] != ONE_SIDED and not vague:
            yield finding


def _is_covered(one: JsonObject, others: Iterable[JsonObject]) -> bool:
    return any(_is_same_place(one, other) for other in others)


def _is_same_place(one: JsonObject, other: JsonObject) -> bool:
    """The same field, or a part of it."""
    if one["policy"] != other["policy"] or not (one["path"] and other["path"]):
        return False
    shorter, longer = sorted((parse_path(one["path"]), parse_path(other["path"])), key=len)
    return longer[: len(shorter)] == shorter


def _has_other_side(lab: Lab, missing: JsonObject, causes: list[JsonObject]) -> bool:
    """Both ends of a flow that should pass are the student's, and nothing else keeps it closed."""
    wanted = [flow for flow in lab.flows if flow.expected is Outcome.ALLOW]
    for name in missing["flows"]:
        flow = next((each for each in wanted if each.name == name), None)
        alone = sum(name in cause["flows"] for cause in causes) == 1
        if flow and alone and all(lab.find_entity(end).is_student_entity for end in flow.ends):
            return True
    return False
