"""The history assessed anew by the present lab file and evaluator: a command, never a side effect.

What a state was stays: its policies, the shapes of its pods, what surrounded it, and when. Only
what is said of it is written anew, and what follows from that: which steps it was at and when each
was first reached, what policies took and gave back, and its mistakes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from dashboard.health.work import ProgressCallback, ignore_progress
from dashboard.history import incidents
from dashboard.history import progress as steps
from dashboard.history.anew import Anew, anew
from dashboard.history.incidents.flow_histories import list_predictions
from dashboard.history.incidents.policy_losses import SnapshotContents, load_contents
from dashboard.history.incidents.working_flows import SnapshotSpan
from dashboard.history.past_snapshots import list_snapshots_since
from dashboard.history.rediagnosing import rediagnose
from dashboard.models import Namespace, Snapshot

Other = tuple[Snapshot, Anew]
"""A state as it was read, and what it comes to now: something else."""


@dataclass(frozen=True, slots=True)
class Reassessed:
    """`verdicts` counts, by flow, the states in which its verdict is another now, `mistakes` the
    states that have other ones; `left` the states that stay as they were, by why.

    Steps count the namespaces that reached them now and had not, that no longer did, and that did
    at another time.
    """

    states: int = 0
    changed: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    unreached: Counter[str] = field(default_factory=Counter)
    moved: Counter[str] = field(default_factory=Counter)
    incidents: int = 0
    mistakes: int = 0
    left: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: "Reassessed") -> "Reassessed":
        return Reassessed(
            self.states + other.states,
            self.changed + other.changed,
            self.verdicts + other.verdicts,
            self.reached + other.reached,
            self.unreached + other.unreached,
            self.moved + other.moved,
            self.incidents + other.incidents,
            self.mistakes + other.mistakes,
            self.left + other.left,
        )


def reassess(
    namespaces: Iterable[Namespace],
    since: datetime | None = None,
    report_progress: ProgressCallback = ignore_progress,
    *,
    apply: bool,
) -> Reassessed:
    """Of all states that held at `since` or later. A poll may run meanwhile, and somebody prune.

    Where it is not to `apply`, nothing is diagnosed: mistakes are not told then.
    """
    known = list(namespaces)
    total = Reassessed()
    for done, namespace in enumerate(known, 1):
        try:
            total += _reassess(namespace, since, apply=apply)
        except IntegrityError:  # somebody pruned what it was about to refer to
            total += _reassess(namespace, since, apply=apply)
        report_progress("assessing anew", done, len(known))
    if apply:
        total += Reassessed(mistakes=rediagnose(known, since, report_progress, anew=True))
    return total


def _reassess(namespace: Namespace, since: datetime | None, *, apply: bool) -> Reassessed:
    """All is told before the transaction, and written where a row still is as it was read."""
    held = list(list_snapshots_since(namespace, since).without_bodies())
    if not held:
        return Reassessed()
    begin = held[0].first_seen
    found = anew(namespace, held, keep=apply)
    reasons = {key: each for key, each in found.items() if isinstance(each, str)}
    changed = [
        (row, each)
        for row in held
        if isinstance(each := found.get(row.pk), Anew) and each.is_other(row)
    ]
    earlier = (
        namespace.snapshots.without_bodies().filter(first_seen__lt=begin).order_by("first_seen")
    )
    past, before = _Past([*earlier, *held], changed), steps.fetch_reached_steps(namespace)
    reached = steps.derive_reached_steps(past.steps(), before)
    retold = incidents.retell(past.told(namespace, reached), begin, reasons.keys())
    if apply:
        with transaction.atomic():
            for row, each in changed:
                _write(row, each)
            steps.correct_progress(namespace)
            retold.keep()
    return Reassessed(
        states=len(held),
        changed=len(changed),
        verdicts=Counter(chain.from_iterable(_turned(row, each) for row, each in changed)),
        reached=Counter(reached.keys() - before.keys()),
        unreached=Counter(before.keys() - reached.keys()),
        moved=Counter(step for step in before.keys() & reached if before[step] != reached[step]),
        incidents=len(retold),
        left=Counter(reasons.values()),
    )


class _Past:
    """All states of a namespace, oldest first, as they are assessed now."""

    def __init__(self, rows: Sequence[Snapshot], changed: Sequence[Other]) -> None:
        self.rows = rows
        self.changed = {row.pk: (row, each) for row, each in changed}

    def summary(self, row: Snapshot) -> Mapping[str, Any]:
        return self.changed[row.pk][1].summary if row.pk in self.changed else row.summary

    def steps(self) -> Iterator[tuple[datetime, steps.StepsHeld]]:
        for row in self.rows:
            yield row.first_seen, self.summary(row)["steps"]

    def told(self, namespace: Namespace, reached: Mapping[str, datetime]) -> incidents.Past:
        profile = settings.CNI_PROFILE
        spans = [
            SnapshotSpan(
                row.pk, row.first_seen, row.last_seen, list_predictions(self.summary(row), profile)
            )
            for row in self.rows
        ]
        return incidents.Past(namespace.pk, spans, reached, self.contents)

    def contents(self, keys: Iterable[int]) -> Mapping[int, SnapshotContents]:
        wanted = set(keys)
        mine = {key: self.changed[key] for key in wanted & self.changed.keys()}
        return {
            **load_contents(wanted - mine.keys()),
            **{key: each.contents(row) for key, (row, each) in mine.items()},
        }


def _turned(row: Snapshot, found: Anew) -> Iterator[str]:
    """The flows whose verdict is another."""
    then, now = row.summary["flows"], found.summary["flows"]
    return (flow for flow, outcome in now.items() if then.get(flow) != outcome)


def _write(row: Snapshot, found: Anew) -> None:
    """Mistakes belong to verdicts: where these are others, they are unknown until found anew."""
    mistakes = row.mistakes if found.summary == row.summary else None
    columns = dict(found.refers)
    if row.surroundings_id is None:
        del columns["surroundings_id"]
    Snapshot.objects.filter(pk=row.pk, digest=row.digest).update(
        **columns, digest=found.digest, mistakes=mistakes
    )
