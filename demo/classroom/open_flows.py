"""What gets through between the parties of the lab while some policies are in force.

The product's own evaluator decides: a simulation with an opinion of its own would only show where
the two differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from demo.classroom.manifests import load_manifests
from netpol import lab, parse
from netpol.assess import assess_namespace
from netpol.lab import Lab
from netpol.model import Cluster, Outcome, Policy, Profile, build_cluster

_SOMEBODY = "student-somebody-dev"


@dataclass(frozen=True, slots=True)
class OpenFlows:
    """The names of the lab's flows that get through."""

    names: frozenset[str]

    @property
    def gateway_to_app(self) -> bool:
        return "Gateway to student-app" in self.names

    @property
    def gateway_to_kuma(self) -> bool:
        return "Gateway to uptime-kuma" in self.names

    @property
    def app_to_dns(self) -> bool:
        """A name is looked up over UDP first, so DNS over TCP alone finds nothing."""
        return "student-app to DNS" in self.names

    @property
    def app_to_redis(self) -> bool:
        return "student-app to redis" in self.names

    @property
    def kuma_to_internet(self) -> bool:
        """By public name: it has to be looked up first."""
        return {"uptime-kuma to DNS", "uptime-kuma to internet HTTPS"} <= self.names


@cache
def find_open_flows(applied: frozenset[str], plugin: Profile) -> OpenFlows:
    """What these manifests leave open, in whatever namespace they are."""
    exercise = lab.load_default_lab()
    assessment = assess_namespace(exercise, _build_cluster(exercise, applied), _SOMEBODY)
    return OpenFlows(
        frozenset(
            flow.flow for flow in assessment.flows if flow.outcome_under(plugin) is Outcome.ALLOW
        )
    )


def _build_cluster(exercise: Lab, applied: frozenset[str]) -> Cluster:
    """A namespace without pods: the lab's stand-ins take their places."""
    policies = [
        policy for key in sorted(applied) for policy in _parse_policy(load_manifests()[key])
    ]
    return build_cluster([exercise.namespaces.label_namespace(_SOMEBODY)], policies=policies)


def _parse_policy(manifest: Mapping[str, object]) -> tuple[Policy, ...]:
    """One policy, or none where nobody could enforce it."""
    try:
        return (parse.parse_policy(manifest, namespace=_SOMEBODY),)
    except parse.InvalidManifestError:
        return ()
