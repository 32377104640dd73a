"""Records a poll: a new snapshot for each change, a later `last_seen` where nothing changed.

The database is the lock. Polls may record at the same time and may be killed at any moment: older
results are dropped, and a constraint decides which of two polls was first.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.conf import settings
from django.db import DataError, IntegrityError, transaction

from dashboard.assess.assessed_snapshot import AssessedSnapshot
from dashboard.assess.class_assessment import AssessedNamespace
from dashboard.cluster_reading import NamespaceFetchError
from dashboard.health.work import ProgressCallback, ignore_progress
from dashboard.history.fetch_errors import record_failures
from dashboard.history.observations import FRESH
from dashboard.history.pods_and_routes import record_pods_and_routes
from dashboard.history.presence import record_presence
from dashboard.history.verdict_changes import ReplacedSnapshot, VerdictAnnouncer
from dashboard.models import (
    Namespace,
    PodShapes,
    PolicySet,
    Snapshot,
    StepReached,
    StoredAssessment,
    SurroundingSet,
)
from dashboard.models.content import Content
from dashboard.models.interval import BATCH
from netpol.assess import SCHEMA

log = logging.getLogger(__name__)

UNCONFIRMED = (FRESH - 2) * timedelta(seconds=settings.PROBE_SECONDS)
"""After so long without a poll, looks that no poll confirmed may no longer count as new ones: so
none of them told what was lost.
"""
UNSTORABLE = "The database refuses to hold its state, as the worker's log tells."


@dataclass(frozen=True, slots=True)
class RecordedPoll:
    """How many namespaces had a new state, how many the same, and which could not be read.

    `different` are the namespaces that no poll had seen for so long that a flow may have changed
    meanwhile; `keys` are those of the namespaces that were read, by their names.
    """

    new: int
    unchanged: int
    failures: tuple[NamespaceFetchError, ...]
    different: frozenset[int] = frozenset()
    keys: Mapping[str, int] = field(default_factory=dict, compare=False)


def record_poll(
    at: datetime,
    found: Sequence[AssessedNamespace | NamespaceFetchError],
    report_progress: ProgressCallback = ignore_progress,
) -> RecordedPoll:
    """Record the whole class at one moment. Safe to repeat."""
    assessed = [one for one in found if isinstance(one, AssessedNamespace)]
    failures = tuple(one for one in found if isinstance(one, NamespaceFetchError))
    keys = record_presence(at, [*(one.reading for one in assessed), *failures])
    current = {keys[name]: one for one in assessed if (name := one.reading.namespace.name) in keys}
    states = {key: one.snapshot for key, one in current.items()}
    light = Snapshot.objects.filter(is_open=True).defer("mistakes")
    opened = {snapshot.namespace_id: snapshot for snapshot in light}
    new, refused = _record_snapshots(at, states, opened, report_progress)
    reasons = {keys[name]: one.reason for one in failures if (name := one.namespace.name) in keys}
    record_failures(at, keys.values(), reasons | dict.fromkeys(refused, UNSTORABLE))
    readings = {key: one.reading for key, one in current.items()}
    record_pods_and_routes(at, readings)
    unconfirmed = {key for key, each in opened.items() if at - each.last_seen > UNCONFIRMED}
    read = {one.reading.namespace.name: key for key, one in current.items()}
    return RecordedPoll(
        new, len(assessed) - new, failures, frozenset(unconfirmed & states.keys()), read
    )


def _record_snapshots(
    at: datetime,
    states: Mapping[int, AssessedSnapshot],
    opened: Mapping[int, Snapshot],
    report_progress: ProgressCallback,
) -> tuple[int, set[int]]:
    """How many of them are new, and which of them the database refuses to hold.

    `opened` are the snapshots that were open before.
    """
    same = {
        namespace: snapshot.pk
        for namespace, snapshot in opened.items()
        if namespace in states and snapshot.digest == states[namespace].digest
    }
    others = {key: state for key, state in states.items() if key not in same}
    kept = bool(others) and _are_stored(others.values())
    new, refused, news = 0, set[int](), VerdictAnnouncer(at)
    for done, (namespace, state) in enumerate(others.items(), 1):
        snapshot = opened.get(namespace)
        try:
            if record_snapshot(at, namespace, state, snapshot, kept=kept):
                new += 1
                news.add_change(namespace, ReplacedSnapshot(snapshot, state))
        except (DataError, UnicodeError):  # must not cost the others theirs
            log.exception("the state of namespace %d cannot be stored", namespace)
            refused.add(namespace)
        report_progress("recording", done, len(others))
    news.publish_changes()
    Snapshot.objects.holding().extend_to(at, [*same.values()])
    return new, refused


def _are_stored(states: Collection[AssessedSnapshot]) -> bool:
    """Store what all of them share at once; if that fails, each namespace stores its own."""
    try:
        with transaction.atomic():
            store_contents(states)
    except (DataError, UnicodeError):
        return False
    return True


def store_contents(states: Iterable[AssessedSnapshot]) -> None:
    """Store what snapshots share, each once. Safe to repeat."""
    rows: dict[Any, dict[str, Content]] = {}
    for row in chain.from_iterable(map(_build_contents, states)):
        rows.setdefault(type(row), {}).setdefault(row.digest, row)
    for model, found in rows.items():
        in_order = [found[digest] for digest in sorted(found)]  # so that polls never deadlock
        model.objects.bulk_create(in_order, batch_size=BATCH, ignore_conflicts=True)


def _build_contents(state: AssessedSnapshot) -> Iterator[Content]:
    yield PolicySet(digest=state.policies_digest, manifests=state.policies)
    yield PodShapes(digest=state.pods_digest, shapes=state.pods)
    yield SurroundingSet(digest=state.surroundings_digest, content=state.surroundings)
    yield StoredAssessment(
        digest=state.assessment_digest,
        body=state.assessment,
        summary=state.summary,
        schema=SCHEMA,
    )


def list_references(state: AssessedSnapshot) -> dict[str, str]:
    """The columns of a snapshot that refer to stored contents."""
    return {
        "policy_set_id": state.policies_digest,
        "pod_shapes_id": state.pods_digest,
        "surroundings_id": state.surroundings_digest,
        "assessment_id": state.assessment_digest,
    }


def record_snapshot(
    at: datetime,
    namespace: int,
    state: AssessedSnapshot,
    snapshot: Snapshot | None,
    *,
    kept: bool = False,
) -> bool:
    """Compare, then set; who comes second compares again with what the first one left.

    The answer is whether the state is kept as a new one. Losing twice is left to the next poll.
    Where its contents were `kept` they are there, unless something was pruned meanwhile.
    """
    for _ in range(2):
        if snapshot and snapshot.digest == state.digest:
            Snapshot.objects.holding().extend_to(at, [snapshot.pk])
            return False
        if snapshot and snapshot.last_seen >= at:
            return False
        try:
            with transaction.atomic():
                if not kept:
                    store_contents([state])
                return _begin_snapshot(at, namespace, state, snapshot)
        except IntegrityError:
            kept = False
            snapshot = Snapshot.objects.filter(namespace=namespace, is_open=True).first()
    return False


def _begin_snapshot(
    at: datetime, namespace: int, state: AssessedSnapshot, over: Snapshot | None
) -> bool:
    """Close the open snapshot and begin a new one, unless a later poll saw the namespace."""
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
        **list_references(state),
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
