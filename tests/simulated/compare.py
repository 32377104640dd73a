"""The recorded history against the expected one: each difference in a sentence."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from dashboard.models import Incident, Snapshot, StepReached
from demo.classroom.manifests import policy_name
from demo.classroom.roster import Classroom, StudentNamespace
from tests.simulated import expected
from tests.simulated.room import namespaces


def differences(room: Classroom, polls: Sequence[datetime]) -> list[str]:
    return [
        f"{namespace.name}: {difference}"
        for namespace in namespaces(room)
        for difference in _differences(namespace, polls)
    ]


def _differences(namespace: StudentNamespace, polls: Sequence[datetime]) -> Iterator[str]:
    held = expected.states(namespace, polls)
    yield from _unlike("snapshots", _snapshots(namespace), [_brief(each) for each in held])
    yield from _unlike("steps", _steps(namespace), expected.reached(held))
    told = _incidents(namespace)
    yield from _unlike("incidents", told, _expected_incidents(namespace, held, told))


def _unlike(what: str, found: object, wanted: object) -> Iterator[str]:
    if found != wanted:
        yield f"{what} {found}, but should be {wanted}"


def _brief(held: expected.Held) -> tuple[datetime, datetime, list[str], int]:
    policies = sorted(policy_name(manifest) for manifest in held.applied)
    return held.begin, held.end, policies, len(expected.open_flows(held.applied))


def _snapshots(namespace: StudentNamespace) -> list[tuple[datetime, datetime, list[str], int]]:
    rows = (
        Snapshot.objects.filter(namespace__name=namespace.name)
        .with_contents()
        .order_by("first_seen")
    )
    return [
        (
            row.first_seen,
            row.last_seen,
            sorted(policy["metadata"]["name"] for policy in row.policy_set.manifests),
            [*row.summary["flows"].values()].count("allow"),
        )
        for row in rows
    ]


def _steps(namespace: StudentNamespace) -> dict[str, datetime]:
    rows = StepReached.objects.filter(namespace__name=namespace.name)
    return dict(rows.values_list("step", "at"))


def _incidents(namespace: StudentNamespace) -> list[expected.Broken]:
    rows = Incident.objects.filter(namespace__name=namespace.name)
    found = rows.values_list("flow", "worked_at", "opened_at", "closed_at")
    return sorted((expected.Broken(*each) for each in found), key=str)


def _expected_incidents(
    namespace: StudentNamespace, held: Sequence[expected.Held], told: Sequence[expected.Broken]
) -> list[expected.Broken]:
    """Each once; without those that may be told or not, unless they were."""
    return [
        lost
        for lost in sorted(expected.broken(held), key=str)
        if lost in told or not expected.had_failed(namespace, lost, held)
    ]
