"""Rows, made in the database and returned."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib.auth.models import User

from dashboard import models
from dashboard.history.snapshots import list_references, store_contents
from netpol.assess import SCHEMA
from netpol.model import LabeledNamespace, Pod
from tests.make.clock import NOON, after
from tests.make.manifests import Json, course_labels
from tests.make.readings import state_of


def user(username: str = "ada", **fields: Any) -> User:
    return User.objects.create_user(username, password="password", **fields)


def instructor(username: str = "instructor") -> User:
    return user(username, is_staff=True)


def namespace(student: str = "ada", environment: str = "dev", **fields: Any) -> models.Namespace:
    return models.Namespace.objects.create(
        **{
            "name": f"student-{student.lower()}-{environment}",
            "student": student,
            "environment": environment,
            "labels": course_labels(student, environment),
            "first_seen": NOON,
            "last_seen": NOON,
        }
        | fields
    )


def heartbeat(work: str = "poll", **fields: Any) -> models.Heartbeat:
    """A round that went well at noon."""
    return models.Heartbeat.objects.create(
        **{"work": work, "started_at": NOON, "finished_at": NOON, "succeeded_at": NOON} | fields
    )


def pod_state(
    namespace: models.Namespace, pod: str = "student-app-1", **fields: Any
) -> models.PodState:
    return models.PodState.objects.create(
        **{
            "namespace": namespace,
            "pod": pod,
            "phase": "Running",
            "ready": True,
            "restarts": 0,
            "addresses": ["10.244.1.5"],
            "first_seen": NOON,
            "last_seen": NOON,
        }
        | fields
    )


def observation(
    namespace: models.Namespace, flow: str = "Gateway to student-app", **fields: Any
) -> models.Observation:
    return models.Observation.objects.create(
        **{
            "namespace": namespace,
            "flow": flow,
            "method": "health",
            "vantage": "outside",
            "outcome": models.ObservedOutcome.REACHED,
            "reason": "the app answered",
            "latency_ms": 12,
            "first_seen": NOON,
            "last_seen": NOON,
        }
        | fields
    )


def snapshot(
    namespace: models.Namespace,
    *policies: Json,
    pods: Sequence[Pod] = (),
    seconds: float = 0,
    **fields: Any,
) -> models.Snapshot:
    """The state that began so many seconds after noon, whatever was open before ends."""
    kept = state_of(
        *policies, pods=pods, namespace=LabeledNamespace(namespace.name, namespace.labels)
    )
    models.Snapshot.objects.filter(namespace=namespace, is_open=True).update(is_open=False)
    if changed := {key: fields.pop(key) for key in ("assessment", "summary") if key in fields}:
        kept = replace(kept, assessment_digest=f"{hash(repr(changed)):064x}", **changed)
    schema = fields.pop("schema", SCHEMA)
    store_contents([kept])
    if schema != SCHEMA:
        models.StoredAssessment.objects.filter(pk=kept.assessment_digest).update(schema=schema)
    return models.Snapshot.objects.create(
        **list_references(kept)
        | {
            "namespace": namespace,
            "digest": kept.digest,
            "step": kept.summary["step"],
            "step_since": after(seconds),
            "first_seen": after(seconds),
            "last_seen": after(seconds),
        }
        | fields
    )


def reassessed(snapshot: models.Snapshot, **changes: Any) -> models.Snapshot:
    """The same with these parts of its assessment changed, which nobody shares."""
    stored = snapshot.assessment
    stored.pk = f"{hash(repr(changes)):064x}"
    stored.body |= changes
    stored.save(force_insert=True)
    snapshot.assessment = stored
    snapshot.save()
    return snapshot
