"""Marks incidents as an outage's, the cluster's fault: those that many have at once.

With them those that follow from it: an app whose names nobody looked up turned unready.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from dashboard.assess.probe_votes import result_lifetime
from dashboard.history.incidents.working_flows import list_needed_flows, list_wanted_flows
from dashboard.models import Incident, IncidentCause, Observation, ObservedOutcome
from netpol.lab import Lab

AT_ONCE = timedelta(minutes=1)
SPREAD = timedelta(minutes=10)
"""Two losses further apart than this do not belong to one outage."""
FEWEST = 5
SHARE = 4
"""One in so many namespaces, at least, in which the flow had worked."""
NOT_THEIRS = (
    IncidentCause.NOT_THE_POLICIES,
    IncidentCause.SURROUNDINGS_CHANGED,
    IncidentCause.OUTAGE,
)
"""A change of their own policies or pods is never an outage, however many make it at once."""


@dataclass(frozen=True, slots=True)
class OutageLoss:
    """A namespace lost the flow at some time between these two, as far as anybody looked."""

    namespace: int
    worked_at: datetime
    opened_at: datetime

    @property
    def earliest(self) -> datetime:
        """Who was not looked at for long may have lost it at any time: that is no coincidence."""
        return max(self.worked_at, self.opened_at - result_lifetime())


def pick_simultaneous(losses: Sequence[OutageLoss]) -> list[OutageLoss]:
    """The largest group of losses that may have happened within one minute."""
    if not losses:
        return []
    starts = sorted(loss.earliest - AT_ONCE for loss in losses)
    ends = sorted(loss.opened_at for loss in losses)
    # A minute that begins at `start` touches all that began before it and had not ended.
    start = max(starts, key=lambda at: bisect_right(starts, at) - bisect_left(ends, at))
    return [loss for loss in losses if loss.earliest - AT_ONCE <= start <= loss.opened_at]


def is_outage(losses: Sequence[OutageLoss], worked_for: int) -> bool:
    """`worked_for` counts the namespaces in which the flow had worked."""
    lost = len({loss.namespace for loss in losses})
    return lost >= FEWEST and lost * SHARE >= worked_for


def mark_outages(lab: Lab, at: datetime, flows: Collection[str]) -> set[int]:
    """After somebody lost these flows: in as many queries for a class as for one namespace.

    The answer is the namespaces of incidents that were not known to be an outage's before.
    """
    needed = {flow.name: list_needed_flows(lab, flow) for flow in list_wanted_flows(lab)}
    found = _load_recent_incidents(at, _list_related_flows(needed, set(flows)))
    many = [
        flow
        for flow, rows in found.items()
        if is_outage(_list_losses(rows), 0) or _find_known_begin(rows)
    ]
    if not many:
        return set()
    worked = _find_working_namespaces(found)
    begun = {
        flow: began
        for flow in many
        if (began := _mark_flow(found[flow], worked[flow]) or _find_known_begin(found[flow]))
    }
    for flow in found.keys() - begun.keys():
        if began := min((begun[need] for need in needed[flow] & begun.keys()), default=None):
            _mark_dependents(found[flow], worked[flow], began)
    return _list_newly_marked(each for rows in found.values() for each in rows.values())


def _list_newly_marked(before: Iterable[Incident]) -> set[int]:
    others = [each.pk for each in before if each.cause != IncidentCause.OUTAGE]
    now = Incident.objects.filter(pk__in=others, cause=IncidentCause.OUTAGE).order_by()
    return set(now.values_list("namespace_id", flat=True))


def _list_related_flows(needed: Mapping[str, frozenset[str]], flows: set[str]) -> set[str]:
    """With what they need, and what needs them."""
    before = {need for flow in flows for need in needed.get(flow, ())}
    return flows | before | {flow for flow, wants in needed.items() if wants & flows}


def _load_recent_incidents(at: datetime, flows: set[str]) -> dict[str, dict[int, Incident]]:
    """By flow and namespace; of an outage that lasts, however long."""
    lasting = Q(cause=IncidentCause.OUTAGE, closed_at=None)
    rows = Incident.objects.filter(
        Q(opened_at__gte=at - SPREAD) | lasting,
        flow__in=flows,
        cause__in=NOT_THEIRS,
        opened_at__lte=at,
    )
    found: defaultdict[str, dict[int, Incident]] = defaultdict(dict)
    for each in rows.order_by("opened_at"):
        found[each.flow][each.namespace_id] = each
    return found


def _list_losses(rows: Mapping[int, Incident]) -> list[OutageLoss]:
    return pick_simultaneous(
        [OutageLoss(key, each.worked_at, each.opened_at) for key, each in rows.items()]
    )


def _find_known_begin(rows: Mapping[int, Incident]) -> datetime | None:
    """When the outage began that is known already."""
    return min((each.outage_at for each in rows.values() if each.outage_at), default=None)


def _find_working_namespaces(found: Mapping[str, Mapping[int, Incident]]) -> dict[str, set[int]]:
    """The namespaces in which each of the flows was seen to work shortly before, with those that
    lost it; of others nobody would know.
    """
    begins = min(each.opened_at for rows in found.values() for each in rows.values())
    reached = Observation.objects.filter(
        flow__in=found, outcome=ObservedOutcome.REACHED, last_seen__gte=begins - result_lifetime()
    )
    worked = {flow: set(rows) for flow, rows in found.items()}
    for flow, namespace in reached.order_by().values_list("flow", "namespace_id").distinct():
        worked[flow].add(namespace)
    return worked


def _mark_flow(rows: Mapping[int, Incident], worked: set[int]) -> datetime | None:
    """When it began, if there is an outage."""
    losses = _list_losses(rows)
    if not is_outage(losses, len(worked)):
        return None
    # Who comes to an outage that is known already shares its beginning.
    members = [rows[loss.namespace] for loss in losses]
    earlier = {each.outage_at for each in members if each.outage_at}
    begun = min(earlier | {each.opened_at for each in members})
    of = max(len(worked), *(each.outage_of or 0 for each in members))
    joining = Q(pk__in=[each.pk for each in members])
    Incident.objects.filter(joining | Q(flow=members[0].flow, outage_at__in=earlier)).update(
        **_build_columns(begun, of)
    )
    return begun


def _mark_dependents(rows: Mapping[int, Incident], worked: set[int], began: datetime) -> None:
    """What was lost while an outage lasted of what it needs."""
    mine = [each.pk for each in rows.values() if each.opened_at >= began]
    Incident.objects.filter(pk__in=mine).update(**_build_columns(began, len(worked)))


def _build_columns(begun: datetime, of: int) -> dict[str, object]:
    return {"cause": IncidentCause.OUTAGE, "outage_at": begun, "outage_of": of}
