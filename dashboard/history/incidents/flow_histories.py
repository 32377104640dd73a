"""Namespaces up to a moment, as polls and probes recorded them.

It takes as many queries for a class as for one namespace.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from dashboard.assess.flow_answers import weigh_observation
from dashboard.assess.probe_votes import ObservedFlow
from dashboard.history.incidents.working_flows import (
    NamespaceHistory,
    SnapshotSpan,
    list_wanted_flows,
)
from dashboard.history.observed_flows import combine_methods
from dashboard.models import Incident, Namespace, Observation, Snapshot
from netpol.lab import Lab
from netpol.model import Outcome, Profile

BACK = timedelta(days=1)
"""What was last seen to work longer ago is forgotten."""
Looks = Mapping[str, Sequence[Observation]]
"""By flow, newest first."""


def load_histories(
    lab: Lab, namespaces: Collection[int], at: datetime, profile: Profile
) -> dict[int, NamespaceHistory]:
    """Of those that were there and could be read: of others it is not known what works."""
    there = Namespace.objects.present_at(at).filter(pk__in=namespaces, failure="")
    keys = list(there.values_list("pk", flat=True))
    lately = Q(last_seen__gte=at - BACK) | Q(is_open=True)
    states = Snapshot.objects.filter(lately, namespace__in=keys, first_seen__lte=at)
    seen = Observation.objects.filter(
        namespace__in=keys, last_seen__gte=at - BACK, first_seen__lte=at
    )
    spans, looks = load_spans(states, profile), load_observations(lab, seen)
    incidents = _load_incidents(keys, at)
    return {
        key: build_history(lab, at, profile, spans[key], looks[key], incidents[key])
        for key in keys
        if key in spans
    }


def build_history(
    lab: Lab,
    at: datetime,
    profile: Profile,
    spans: Iterable[SnapshotSpan],
    looks: Looks,
    incidents: Sequence[Incident],
) -> NamespaceHistory:
    """What of these was known at a moment; at least one span had begun."""
    begun = [replace(each, until=min(each.until, at)) for each in spans if each.since <= at]
    known = [each for each in begun if each.until >= at - BACK or each is begun[-1]]
    seen = {
        flow: [row for row in rows if row.first_seen <= at and row.last_seen >= at - BACK]
        for flow, rows in looks.items()
    }
    return NamespaceHistory(
        at, profile, known, seen, _observe_flows(lab, at, known, seen), incidents
    )


def _observe_flows(
    lab: Lab, at: datetime, spans: Sequence[SnapshotSpan], looks: Looks
) -> dict[str, ObservedFlow]:
    now = spans[-1]
    return {
        flow.name: weigh_observation(lab, flow, found, now.flows)
        for flow in list_wanted_flows(lab)
        if (found := combine_methods(looks.get(flow.name, ()), now.since, at))
    }


def load_spans(rows: QuerySet[Snapshot], profile: Profile) -> dict[int, list[SnapshotSpan]]:
    """By namespace, oldest first."""
    columns = ("namespace_id", "pk", "first_seen", "last_seen", "assessment__summary")
    found: defaultdict[int, list[SnapshotSpan]] = defaultdict(list)
    for namespace, key, since, until, summary in rows.order_by("first_seen").values_list(*columns):
        found[namespace].append(SnapshotSpan(key, since, until, list_predictions(summary, profile)))
    return found


def list_predictions(summary: Mapping[str, Any], profile: Profile) -> dict[str, Outcome]:
    """What the policies come to under a network plugin."""
    flows = summary["flows"] | summary.get("deviations", {}).get(profile, {})
    return {flow: Outcome(outcome) for flow, outcome in flows.items()}


def load_observations(
    lab: Lab, rows: QuerySet[Observation]
) -> dict[int, dict[str, list[Observation]]]:
    """By namespace and by flow, newest first."""
    found: defaultdict[int, defaultdict[str, list[Observation]]]
    found = defaultdict(lambda: defaultdict(list))
    mine = rows.filter(flow__in=[flow.name for flow in list_wanted_flows(lab)])
    for row in mine.order_by("-first_seen", "-pk"):
        found[row.namespace_id][row.flow].append(row)
    return found  # type: ignore[return-value]  # a dict of dicts


def _load_incidents(keys: list[int], at: datetime) -> dict[int, list[Incident]]:
    lately = Q(closed_at=None) | Q(closed_at__gte=at - BACK)
    found: defaultdict[int, list[Incident]] = defaultdict(list)
    for row in Incident.objects.filter(lately, namespace__in=keys, opened_at__lte=at):
        found[row.namespace_id].append(row)
    return found
