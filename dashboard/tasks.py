"""Celery's tasks: safe to run twice, ended by the time limits of the settings."""

from celery import shared_task
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone

from dashboard.collect import poll as polling
from dashboard.collect import probe_round
from dashboard.collect.cluster import ClusterError
from dashboard.history.retention import compact_flapping


# The heartbeat records a cluster that cannot be read, and beat asks again. A locked database, or
# one that broke a deadlock between two polls, is worth another try at once.
@shared_task(
    throws=(ClusterError,), autoretry_for=(OperationalError,), max_retries=3, retry_backoff=True
)
def poll() -> None:
    polling.poll_class(settings.KUBECONFIG, settings.KUBE_CONTEXT)


@shared_task
def probe_class() -> None:
    for names in probe_round.begin_round(timezone.now()):
        # Beat asks again: a chunk that waits longer would only pile up.
        probe_chunk.apply_async((names,), expires=settings.PROBE_SECONDS)


@shared_task
def probe_chunk(names: list[str]) -> None:
    probe_round.probe_namespaces(names)


@shared_task
def fold() -> None:
    compact_flapping(timezone.now())
