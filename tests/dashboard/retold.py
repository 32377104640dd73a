"""Incidents told anew of what is recorded, as `reassess` tells them of what it finds."""

from datetime import datetime

from django.conf import settings

from dashboard.history import incidents
from dashboard.history.incidents.flow_histories import load_spans
from dashboard.history.incidents.policy_losses import load_contents
from dashboard.history.incidents.retelling import Retold
from dashboard.history.progress import fetch_reached_steps
from dashboard.models import Namespace, Snapshot


def retell(namespace: Namespace, begin: datetime, left: tuple[int, ...] = ()) -> Retold:
    spans = load_spans(Snapshot.objects.filter(namespace=namespace), settings.CNI_PROFILE)
    past = incidents.Past(
        namespace.pk, spans[namespace.pk], fetch_reached_steps(namespace), load_contents
    )
    return incidents.retell(past, begin, left)
