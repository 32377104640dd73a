"""What gets through between the parties of the lab while some policies are in force.

The product's own evaluator decides: a simulation with an opinion of its own would only show where
the two differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from demo.classroom.manifests import manifests
from netpol import lab, parse
from netpol.assess import Assessment, assess
from netpol.lab import Lab
from netpol.model import Cluster, Outcome, Policy

_SOMEBODY = "student-somebody-dev"


@dataclass(frozen=True, slots=True)
class Reach:
    """What gets through, as (source, destination, port) of the lab's entities."""

    open: frozenset[tuple[str, str, int]]

    @property
    def gateway_to_app(self) -> bool:
        return ("gateway", "student-app", 5000) in self.open

    @property
    def gateway_to_kuma(self) -> bool:
        return ("gateway", "uptime-kuma", 3001) in self.open

    @property
    def app_to_dns(self) -> bool:
        return ("student-app", "dns", 53) in self.open

    @property
    def app_to_redis(self) -> bool:
        return ("student-app", "redis", 6379) in self.open

    @property
    def kuma_to_internet(self) -> bool:
        """By public name: it has to be looked up first."""
        return {("uptime-kuma", "dns", 53), ("uptime-kuma", "internet", 443)} <= self.open


@cache
def reach(applied: frozenset[str]) -> Reach:
    """What these manifests leave open, in whatever namespace they are."""
    exercise = lab.default()
    assessment = assess(exercise, _cluster(exercise, applied), _SOMEBODY)
    # A name is looked up over UDP first, so DNS over TCP alone finds nothing: the lab reports
    # the flows of its own list only over the protocol that counts.
    return Reach(
        frozenset(
            (flow.source, flow.destination, flow.port)
            for flow in exercise.reported
            if _passes(assessment, flow.name)
        )
    )


def _passes(assessment: Assessment, flow: str) -> bool:
    return assessment.flow(flow).predicted is Outcome.ALLOW


def _cluster(exercise: Lab, applied: frozenset[str]) -> Cluster:
    """A namespace without pods: the lab's stand-ins take their places."""
    policies = [policy for key in sorted(applied) for policy in _read(manifests()[key])]
    return Cluster.of([exercise.namespaces.named(_SOMEBODY)], policies=policies)


def _read(manifest: Mapping[str, object]) -> tuple[Policy, ...]:
    """One policy, or none where nobody could enforce it."""
    try:
        return (parse.policy(manifest, namespace=_SOMEBODY),)
    except parse.Invalid:
        return ()
