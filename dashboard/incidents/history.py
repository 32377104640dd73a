"""Namespaces up to a moment, as polls and probes recorded them.

It takes as many queries for a class as for one namespace.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from dashboard.answering.answers import weighed
from dashboard.answering.observed import answer
from dashboard.answering.votes import Observed
from dashboard.incidents.working import History, Span, wanted
from dashboard.models import Incident, Namespace, Observation, Snapshot
from netpol.lab import Lab
from netpol.model import Outcome, Profile

BACK = timedelta(days=1)
"""What was last seen to work longer ago is forgotten."""


def histories(
    lab: Lab, namespaces: Collection[int], at: datetime, profile: Profile
) -> dict[int, History]:
    """Of those that were there and could be read: of others it is not known what works."""
    there = Namespace.objects.there(at).filter(pk__in=namespaces, failure="")
    keys = list(there.values_list("pk", flat=True))
    spans, looks, incidents = _spans(keys, at, profile), _looks(lab, keys, at), _incidents(keys, at)
    return {
        key: History(
            at,
            profile,
            spans[key],
            looks[key],
            _seen(lab, at, spans[key], looks[key]),
            incidents[key],
        )
        for key in keys
        if key in spans
    }


def _seen(
    lab: Lab, at: datetime, spans: Sequence[Span], looks: Mapping[str, list[Observation]]
) -> dict[str, Observed]:
    now = spans[-1]
    return {
        flow.name: weighed(lab, flow, found, now.flows)
        for flow in wanted(lab)
        if (found := answer(looks.get(flow.name, ()), now.since, at))
    }


def _spans(keys: list[int], at: datetime, profile: Profile) -> dict[int, list[Span]]:
    lately = Q(last_seen__gte=at - BACK) | Q(is_open=True)
    rows = Snapshot.objects.filter(lately, namespace__in=keys, first_seen__lte=at)
    columns = ("namespace_id", "pk", "first_seen", "last_seen", "assessment__summary")
    found: defaultdict[int, list[Span]] = defaultdict(list)
    for namespace, key, since, until, summary in rows.order_by("first_seen").values_list(*columns):
        found[namespace].append(Span(key, since, min(until, at), predicted(summary, profile)))
    return found


def predicted(summary: Mapping[str, Any], profile: Profile) -> dict[str, Outcome]:
    """What the policies come to under a network plugin."""
    flows = summary["flows"] | summary.get("deviations", {}).get(profile, {})
    return {flow: Outcome(outcome) for flow, outcome in flows.items()}


def _looks(lab: Lab, keys: list[int], at: datetime) -> dict[int, dict[str, list[Observation]]]:
    rows = Observation.objects.filter(
        namespace__in=keys,
        flow__in=[flow.name for flow in wanted(lab)],
        last_seen__gte=at - BACK,
        first_seen__lte=at,
    )
    found: defaultdict[int, defaultdict[str, list[Observation]]]
    found = defaultdict(lambda: defaultdict(list))
    for row in rows.order_by("-first_seen", "-pk"):
        found[row.namespace_id][row.flow].append(row)
    return found  # type: ignore[return-value]  # a dict of dicts


def _incidents(keys: list[int], at: datetime) -> dict[int, list[Incident]]:
    lately = Q(closed_at=None) | Q(closed_at__gte=at - BACK)
    found: defaultdict[int, list[Incident]] = defaultdict(list)
    for row in Incident.objects.filter(lately, namespace__in=keys, opened_at__lte=at):
        found[row.namespace_id].append(row)
    return found
