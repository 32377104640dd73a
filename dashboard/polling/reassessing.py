"""The history assessed anew by the present lab file and evaluator: a command, never a side effect.

What a state was stays: its policies, the shapes of its pods, what surrounded it, and when. Only
what is said of it is written anew, and what follows from that: which steps it was at and when each
was first reached, what policies took and gave back, and its mistakes.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from dashboard import incidents, stored
from dashboard.cluster.progress import Progress, silent
from dashboard.current import lab
from dashboard.models import Namespace, Snapshot, StepReached
from dashboard.polling.past import held_since, is_untold, surroundings_of
from dashboard.polling.record import keep_contents, references
from dashboard.polling.rediagnosing import rediagnose
from dashboard.polling.state import State, state
from netpol import model
from netpol.assess import TooMuch
from netpol.parse import Invalid

Inputs = tuple[str, str, str | None]
"""The digests of what a state depends on, within one namespace."""

UNTOLD = "what surrounded it was not kept when it was recorded, and its verdicts depend on it"


@dataclass(frozen=True, slots=True)
class Reassessed:
    """`verdicts` counts the answers to a flow that are others now, over all states, `mistakes` the
    states that have other ones; `left` the states that stay as they were, by why.
    """

    states: int = 0
    changed: int = 0
    verdicts: int = 0
    incidents: int = 0
    mistakes: int = 0
    left: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: "Reassessed") -> "Reassessed":
        return Reassessed(
            self.states + other.states,
            self.changed + other.changed,
            self.verdicts + other.verdicts,
            self.incidents + other.incidents,
            self.mistakes + other.mistakes,
            self.left + other.left,
        )


def reassess(
    namespaces: Iterable[Namespace],
    since: datetime | None = None,
    progress: Progress = silent,
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
        progress("assessing anew", done, len(known))
    if apply:
        total += Reassessed(mistakes=rediagnose(known, since, progress, anew=True))
    return total


def _reassess(namespace: Namespace, since: datetime | None, *, apply: bool) -> Reassessed:
    """What is computed outside the transaction is written where the row still is as it was read.

    What follows from it is read off what was written, so a trial writes and takes it back.
    """
    rows = list(held_since(namespace, since).whole().select_related("surroundings"))
    found = _found(namespace, rows)
    states = {row.pk: each for row, each in zip(rows, found, strict=True)}
    changed = [row for row in rows if _is_other(row, states[row.pk])]
    reasons = {key: each for key, each in states.items() if isinstance(each, str)}
    with transaction.atomic():
        keep_contents(each for row in changed if isinstance(each := states[row.pk], State))
        for row in changed:
            _write(row, states[row.pk])
        _steps(namespace)
        begin = rows[0].first_seen if rows else None
        retold = incidents.retell(namespace.pk, begin, reasons.keys()) if begin else 0
        if not apply:
            transaction.set_rollback(True)
    return Reassessed(
        states=len(rows),
        changed=len(changed),
        verdicts=sum(_turned(row, states[row.pk]) for row in changed),
        incidents=retold,
        left=Counter(reasons.values()),
    )


def _found(namespace: Namespace, rows: Sequence[Snapshot]) -> list[State | str]:
    """Of each its state, or why it has to stay as it is. States recur."""
    known: dict[Inputs, State | str] = {}
    for row in rows:
        if _inputs(row) not in known:
            known[_inputs(row)] = _state(namespace, row)
    return [UNTOLD if is_untold(row) else known[_inputs(row)] for row in rows]


def _inputs(row: Snapshot) -> Inputs:
    return row.policy_set_id, row.pod_shapes_id, row.surroundings_id


def _state(namespace: Namespace, row: Snapshot) -> State | str:
    name = namespace.name
    try:
        return state(
            lab(),
            model.Namespace(name, namespace.labels),
            stored.load_shapes(row.pods, name),
            row.policy_set.manifests,
            surroundings_of(row, name),
        )
    except (Invalid, TooMuch) as refusal:
        return f"it cannot be assessed: {refusal}"


def _is_other(row: Snapshot, found: State | str) -> bool:
    if isinstance(found, str):
        return False
    return (row.digest, row.assessment_id) != (found.digest, found.assessment_digest)


def _turned(row: Snapshot, found: State | str) -> int:
    if isinstance(found, str):
        return 0
    then, now = row.summary["flows"], found.summary["flows"]
    return sum(then.get(flow) != outcome for flow, outcome in now.items())


def _write(row: Snapshot, found: State | str) -> None:
    """Mistakes belong to verdicts: where these are others, they are unknown until found anew."""
    assert isinstance(found, State)  # noqa: S101  # narrows for mypy
    mistakes = row.mistakes if found.summary == row.summary else None
    columns = references(found)
    if row.surroundings_id is None:
        del columns["surroundings_id"]
    Snapshot.objects.filter(pk=row.pk, digest=row.digest).update(
        **columns, digest=found.digest, mistakes=mistakes
    )


def _steps(namespace: Namespace) -> None:
    """Since when each state's step was the one to do, and when each step was first reached."""
    rows = list(namespace.snapshots.light().order_by("first_seen"))
    before: Snapshot | None = None
    for row in rows:
        step = row.summary["step"]
        since = before.step_since if before and before.step == step else row.first_seen
        if before is None and row.step == step:
            since = row.step_since
        if (row.step, row.step_since) != (step, since):
            Snapshot.objects.filter(pk=row.pk).update(step=step, step_since=since)
            row.step, row.step_since = step, since
        before = row
    if rows:
        _reached(namespace, rows)


def _reached(namespace: Namespace, rows: Sequence[Snapshot]) -> None:
    """What was reached before all that is known, and what no policy shows, stays as it is."""
    first: dict[str, datetime] = {}
    checked: set[str] = set()
    for row in rows:
        for step, holds in row.summary["steps"].items():
            checked |= {step} if holds is not None else set()
            if holds:
                first.setdefault(step, row.first_seen)
    # Nothing later than what is known: a poll may have recorded it just now.
    known = rows[0].first_seen, rows[-1].first_seen
    mine = StepReached.objects.filter(namespace=namespace, at__range=known)
    for reached in mine.filter(step__in=checked):
        at = first.get(reached.step)
        if at is None:
            mine.filter(pk=reached.pk).delete()
        elif at != reached.at:
            mine.filter(pk=reached.pk).update(at=at)
    StepReached.objects.bulk_create(
        (StepReached(namespace=namespace, step=step, at=at) for step, at in first.items()),
        ignore_conflicts=True,
    )
