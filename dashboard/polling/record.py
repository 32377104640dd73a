"""Keeps what a poll found: a new row for each change, a later `last_seen` where nothing changed.

The database is the lock. Polls may record at the same time, and may be killed at any moment: what
is older than what is kept is dropped, and a constraint says which of two was first.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import DataError, IntegrityError, transaction

from dashboard.cluster.progress import Progress, silent
from dashboard.models import (
    Namespace,
    PodShapes,
    PolicySet,
    Snapshot,
    StepReached,
    StoredAssessment,
    SurroundingSet,
)
from dashboard.polling.assessing import Assessed
from dashboard.polling.intervals import extend
from dashboard.polling.news import News, Turned
from dashboard.polling.pod_states import record_states
from dashboard.polling.presence import record_presence
from dashboard.polling.reports import record_reports
from dashboard.polling.state import State
from dashboard.reading import NamespaceFailure
from netpol.assess import SCHEMA

log = logging.getLogger(__name__)

UNSTORABLE = "The database refuses to hold its state, as the worker's log tells."


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many namespaces had a new state, how many the same, and which could not be read.

    In those that are `different` something looks otherwise than it did, as `observing` has it.
    """

    new: int
    unchanged: int
    failures: tuple[NamespaceFailure, ...]
    different: frozenset[int] = frozenset()


def record(
    at: datetime, found: Sequence[Assessed | NamespaceFailure], progress: Progress = silent
) -> Recorded:
    """Keep the state of the whole class at one moment. Safe to repeat."""
    assessed = [one for one in found if isinstance(one, Assessed)]
    failures = tuple(one for one in found if isinstance(one, NamespaceFailure))
    keys = record_presence(at, [*(one.reading for one in assessed), *failures])
    current = {keys[name]: one for one in assessed if (name := one.reading.namespace.name) in keys}
    new = _record_states(at, {key: one.state for key, one in current.items()}, progress)
    readings = {key: one.reading for key, one in current.items()}
    record_states(at, readings)
    different = frozenset(record_reports(at, readings))
    return Recorded(new, len(assessed) - new, failures, different)


def _record_states(at: datetime, states: Mapping[int, State], progress: Progress) -> int:
    """How many of them are new."""
    light = Snapshot.objects.filter(is_open=True).defer("mistakes")
    opened = {snapshot.namespace_id: snapshot for snapshot in light}
    same, new, news = [], 0, News(at)
    for done, (namespace, state) in enumerate(states.items(), 1):
        snapshot = opened.get(namespace)
        if snapshot and snapshot.digest == state.digest:
            same.append(snapshot.pk)
        else:
            is_new = _settled(at, namespace, state, snapshot)
            new += is_new
            if is_new:
                news.add(namespace, Turned(snapshot, state))
        progress("recording", done, len(states))
    news.tell()
    extend(Snapshot.objects.filter(is_open=True), same, at)
    return new


def _settled(at: datetime, namespace: int, state: State, snapshot: Snapshot | None) -> bool:
    """What the database refuses to hold of one namespace must not cost the others theirs."""
    try:
        return settle(at, namespace, state, snapshot)
    except (DataError, UnicodeError):
        log.exception("the state of namespace %d cannot be stored", namespace)
        Namespace.objects.filter(pk=namespace).update(failure=UNSTORABLE, failing_since=at)
        return False


def contents(state: State) -> dict[str, str]:
    """Keep what other snapshots may share; the answer is a snapshot's columns that refer to it."""
    policies = PolicySet(digest=state.policies_digest, manifests=state.policies)
    shapes = PodShapes(digest=state.pods_digest, shapes=state.pods)
    around = SurroundingSet(digest=state.surroundings_digest, content=state.surroundings)
    assessment = StoredAssessment(
        digest=state.assessment_digest,
        body=state.assessment,
        summary=state.summary,
        schema=SCHEMA,
    )
    PolicySet.objects.bulk_create([policies], ignore_conflicts=True)
    PodShapes.objects.bulk_create([shapes], ignore_conflicts=True)
    SurroundingSet.objects.bulk_create([around], ignore_conflicts=True)
    StoredAssessment.objects.bulk_create([assessment], ignore_conflicts=True)
    return {
        "policy_set_id": policies.digest,
        "pod_shapes_id": shapes.digest,
        "surroundings_id": around.digest,
        "assessment_id": assessment.digest,
    }


def settle(at: datetime, namespace: int, state: State, snapshot: Snapshot | None) -> bool:
    """Compare, then set; who comes second compares again with what the first one left.

    The answer is whether the state is kept as a new one. Losing twice is left to the next poll.
    """
    for _ in range(2):
        if snapshot and snapshot.digest == state.digest:
            extend(Snapshot.objects.filter(is_open=True), [snapshot.pk], at)
            return False
        if snapshot and snapshot.last_seen >= at:
            return False
        try:
            with transaction.atomic():
                return _begin(at, namespace, state, snapshot)
        except IntegrityError:
            snapshot = Snapshot.objects.filter(namespace=namespace, is_open=True).first()
    return False


def _begin(at: datetime, namespace: int, state: State, over: Snapshot | None) -> bool:
    """End the open snapshot and begin a new one, unless somebody saw the namespace later."""
    if not Namespace.objects.filter(pk=namespace, last_seen__lte=at, gone_at=None).update(
        last_seen=at
    ):
        return False
    if over:
        Snapshot.objects.filter(pk=over.pk, last_seen__lt=at).update(is_open=False)
    step = state.summary["step"]
    Snapshot.objects.create(
        namespace_id=namespace,
        digest=state.digest,
        **contents(state),
        step=step,
        step_since=over.step_since if over and over.step == step else at,
        first_seen=at,
        last_seen=at,
    )
    steps = (step for step, holds in state.summary["steps"].items() if holds)
    StepReached.objects.bulk_create(
        (StepReached(namespace_id=namespace, step=step, at=at) for step in steps),
        ignore_conflicts=True,
    )
    return True
