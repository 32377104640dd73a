"""Incidents told anew of what is recorded, as `reassess` tells them of what it finds."""

from datetime import datetime

from django.conf import settings

from dashboard import incidents
from dashboard.incidents.history import spans_of
from dashboard.incidents.losses import recorded_contents
from dashboard.incidents.retelling import Retold
from dashboard.models import Namespace, Snapshot
from dashboard.polling.steps import reached


def retell(namespace: Namespace, begin: datetime, left: tuple[int, ...] = ()) -> Retold:
    spans = spans_of(Snapshot.objects.filter(namespace=namespace), settings.CNI_PROFILE)
    past = incidents.Past(namespace.pk, spans[namespace.pk], reached(namespace), recorded_contents)
    return incidents.retell(past, begin, left)
