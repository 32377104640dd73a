"""What must be in the history: from the simulator's log, by rules written here once more."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import groupby, pairwise
from typing import NamedTuple

from demo.classroom import prober
from demo.classroom.manifests import load_manifests
from demo.classroom.roster import StudentNamespace
from netpol import lab
from tests.netpol import naive

HOME = "student-sim-dev"
KUBE_SYSTEM = "kube-system"
OTHER = "student-other-dev"

Applied = frozenset[str]
"""The manifests in force, by the names that the simulator gives them."""


class Held(NamedTuple):
    """A state, from the first poll that saw it to the last."""

    begin: datetime
    end: datetime
    applied: Applied


class Broken(NamedTuple):
    """A flow that worked until `worked`, was first seen not to at `opened`, and again `closed`."""

    flow: str
    worked: datetime
    opened: datetime
    closed: datetime | None


def states(namespace: StudentNamespace, polls: Sequence[datetime]) -> list[Held]:
    seen = [(poll, namespace.revision_at(poll).manifest_keys) for poll in polls]
    found = []
    for applied, group in groupby(seen, key=lambda each: each[1]):
        times = [poll for poll, _ in group]
        found.append(Held(times[0], times[-1], applied))
    return found


def reached(held: Sequence[Held]) -> dict[str, datetime]:
    """When each step was first seen to hold."""
    first: dict[str, datetime] = {}
    for state in held:
        for step in steps(state.applied):
            first.setdefault(step, state.begin)
    return first


def broken(held: Sequence[Held]) -> set[Broken]:
    """Flows that a rule let through, their step reached, until policies closed them."""
    return {each for flow in wanted() for each in _broken(flow, held)}


def had_failed(namespace: StudentNamespace, lost: Broken, held: Sequence[Held]) -> bool:
    """Whether one of the two newest looks saw it fail while policies let it through: then it did
    not work, or nobody knew yet that it did again, and it may be said that nothing was lost.
    """
    earlier = [each for each in held if each.end <= lost.worked]
    shut = [each.end for each in earlier if lost.flow not in open_flows(each.applied)]
    moments = [lost.worked, lost.worked - prober.EVERY]
    looks = [look for moment in moments for look in _looks(namespace, lost.flow, moment)]
    return any(said != "connected" for ended, said in looks if not shut or ended > shut[-1])


def _looks(
    namespace: StudentNamespace, flow: str, moment: datetime
) -> Iterator[tuple[datetime, str]]:
    """When the newest run of the prober inside had ended, and what it had met."""
    if not prober.has_probers(namespace):
        return
    for run in prober.list_newest_runs(namespace, moment):
        met = json.loads(run.message)["flows"].get(flow)
        if met:
            yield run.ended, met[0]


def _broken(flow: str, held: Sequence[Held]) -> Iterator[Broken]:
    asking = next(step for step, flows in FLOWS_OF_STEPS.items() if flow in flows)
    asked = reached(held).get(asking)
    opened: tuple[datetime, datetime] | None = None
    for before, after in pairwise(held):
        is_open = flow in open_flows(after.applied)
        if opened and is_open:
            yield Broken(flow, *opened, after.begin)
            opened = None
        if opened or is_open or not asked or asked > before.end:
            continue
        if flow in intended(before.applied):
            opened = before.end, after.begin
    if opened:
        yield Broken(flow, *opened, None)


def wanted() -> list[str]:
    return [flow.name for flow in lab.load_default_lab().flows if flow.expected == "allow"]


# Table E2 of the course, by the flows that must be open, and those that must not.
DNS = {
    f"{app} to DNS{tcp}"
    for app in ("student-app", "redis", "uptime-kuma")
    for tcp in ("", " over TCP")
}
FLOWS_OF_STEPS: Mapping[str, set[str]] = {
    "dns": DNS,
    "gateway": {"Gateway to student-app", "Gateway to uptime-kuma"},
    "app-redis": {"student-app to redis"},
    "kuma": {
        "uptime-kuma to student-app",
        "uptime-kuma to internet HTTPS",
        "uptime-kuma to internet HTTP",
    },
}
CLOSED_IN_STEPS: Mapping[str, set[str]] = {
    "app-redis": {"Gateway to redis", "uptime-kuma to redis", "Other student to redis"},
    "kuma": {"student-app to internet HTTPS", "redis to internet HTTPS"},
}


@cache
def steps(applied: Applied) -> set[str]:
    """The steps that hold while these are in force."""
    passing, by_rule = open_flows(applied), intended(applied)
    found = {
        step
        for step, flows in FLOWS_OF_STEPS.items()
        if flows <= by_rule and not CLOSED_IN_STEPS.get(step, set()) & passing
    }
    world = _world(applied)
    sides = {
        (app, kind)
        for app in APPS
        for kind in ("Ingress", "Egress")
        if _isolating(world, app, kind)
    }
    if not sides:
        found.add("baseline")
    if len(sides) == 2 * len(APPS):
        found.add("default-deny")
    if passing == set(wanted()) and passing <= by_rule:
        found.add("all-flows")
    return found


@cache
def open_flows(applied: Applied) -> set[str]:
    world = _world(applied)
    return {
        name
        for name, source, destination, port, protocol in _flows()
        if naive.allowed(world, naive.Connection(source, destination, port, protocol))
    }


@cache
def intended(applied: Applied) -> set[str]:
    """The open flows of which no student's pod at an end is without isolation: rules admit them."""
    world = _world(applied)
    found = set()
    for name, source, destination, _, _ in _flows():
        ends = [(source, "Egress"), (destination, "Ingress")]
        mine = [(end, kind) for end, kind in ends if not isinstance(end, str) and end in _pods()]
        if all(_isolating(world, _app(end), kind) for end, kind in mine):
            found.add(name)
    return found & open_flows(applied)


APPS = {"student-app": ("http", 5000), "redis": ("redis", 6379), "uptime-kuma": ("http", 3001)}


def _world(applied: Applied) -> naive.World:
    policies = [
        {
            **load_manifests()[key],
            "metadata": {**load_manifests()[key]["metadata"], "namespace": HOME},
        }
        for key in sorted(applied)
    ]
    names = (HOME, KUBE_SYSTEM, OTHER)
    spaces: list[naive.Json] = [{"metadata": {"name": name, "labels": {}}} for name in names]
    return naive.World(spaces, [*_pods(), *_others()], policies)


@cache
def _pods() -> tuple[naive.Json, ...]:
    return tuple(
        _pod(HOME, app, {"app": app}, f"10.244.9.{number}", *APPS[app])
        for number, app in enumerate(APPS, 1)
    )


@cache
def _others() -> tuple[naive.Json, ...]:
    return (
        _pod(KUBE_SYSTEM, "gateway", {"app": "gateway"}, "10.244.0.10", "http", 80),
        _pod(KUBE_SYSTEM, "dns", {"k8s-app": "kube-dns"}, "10.244.0.53", "dns", 53),
        _pod(OTHER, "other", {"app": "student-app"}, "10.244.2.11", "http", 5000),
    )


def _pod(
    home: str, name: str, labels: naive.Json, address: str, port: str, number: int
) -> naive.Json:
    return {
        "metadata": {"name": name, "namespace": home, "labels": labels},
        "spec": {"containers": [{"ports": [{"name": port, "containerPort": number}]}]},
        "status": {"podIP": address},
    }


@cache
def _flows() -> list[tuple[str, naive.End, naive.End, int, str]]:
    """The lab's flows between our own pods."""
    ends: dict[str, naive.End] = {
        "gateway": _others()[0],
        "dns": _others()[1],
        "other-student": _others()[2],
        "internet": "8.8.8.8",
        **{_app(pod): pod for pod in _pods()},
    }
    return [
        (flow.name, ends[flow.source], ends[flow.destination], flow.port, flow.protocol.value)
        for flow in lab.load_default_lab().flows
    ]


def _app(pod: naive.End) -> str:
    assert not isinstance(pod, str)
    return str(pod["metadata"]["name"])


def _isolating(world: naive.World, app: str, kind: str) -> bool:
    return any(
        kind in naive.types(naive.spec(policy))
        and naive.selects(naive.spec(policy).get("podSelector") or {}, {"app": app})
        for policy in world.policies
    )
