"""Marks incidents that are an outage's: those that many have at once, however early they came."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from dashboard.answering.votes import shelf_life
from dashboard.incidents.outages import NOT_THEIRS, Loss, is_outage, together
from dashboard.models import Incident, IncidentCause, Observation, ObservedOutcome

SPREAD = timedelta(minutes=10)
"""Apart by more than this, two losses are not one outage's."""


def mark(at: datetime, flows: Iterable[str]) -> None:
    """After somebody lost these flows: in as many queries for a class as for one namespace."""
    lately = Incident.objects.filter(
        flow__in=set(flows), cause__in=NOT_THEIRS, opened_at__gte=at - SPREAD, opened_at__lte=at
    )
    by_flow: defaultdict[str, dict[int, Incident]] = defaultdict(dict)
    for each in lately.order_by("opened_at"):
        by_flow[each.flow].setdefault(each.namespace_id, each)
    many = {flow: found for flow, found in by_flow.items() if is_outage(_losses(found), 0)}
    if many:
        worked = _worked_for(many)
        for flow, found in many.items():
            _mark(found, worked[flow])


def _losses(found: Mapping[int, Incident]) -> list[Loss]:
    return together([Loss(key, each.worked_at, each.opened_at) for key, each in found.items()])


def _worked_for(many: Mapping[str, Mapping[int, Incident]]) -> dict[str, set[int]]:
    """The namespaces in which each of the flows was seen to work shortly before, with those that
    lost it; of others nobody would know.
    """
    begins = min(each.opened_at for found in many.values() for each in found.values())
    reached = Observation.objects.filter(
        flow__in=many, outcome=ObservedOutcome.REACHED, last_seen__gte=begins - shelf_life()
    )
    worked = {flow: set(found) for flow, found in many.items()}
    for flow, namespace in reached.values_list("flow", "namespace_id").distinct():
        worked[flow].add(namespace)
    return worked


def _mark(found: Mapping[int, Incident], worked: set[int]) -> None:
    losses = _losses(found)
    if not is_outage(losses, len(worked)):
        return
    members = [found[loss.namespace] for loss in losses]
    # Who comes to an outage that is known already shares its beginning.
    begun = min(each.outage_at or each.opened_at for each in members)
    earlier = {each.outage_at for each in members if each.outage_at}
    of = max(len(worked), *(each.outage_of or 0 for each in members))
    facts = {"cause": IncidentCause.OUTAGE, "outage_at": begun, "outage_of": of}
    Incident.objects.filter(pk__in=[each.pk for each in members]).update(**facts)
    Incident.objects.filter(flow=members[0].flow, outage_at__in=earlier).update(**facts)
