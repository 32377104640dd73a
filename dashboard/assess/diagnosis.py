"""What a flow's answers mean together, with what is around it: what matters most first. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dashboard.assess.flow_answers import FlowAnswers
from dashboard.assess.namespace_objects import NamespaceObjects
from dashboard.models import ObservedOutcome, ProbeSign, RouteState, ServiceState
from netpol.assess import FlowAssessment
from netpol.lab import Entity, Lab, ProbeRole
from netpol.model import Outcome, Profile

GATEWAY_SIGNS = {
    ProbeSign.GATEWAY_DENIED,
    ProbeSign.GATEWAY_NOT_CONNECTED,
    ProbeSign.GATEWAY_HAS_NO_ENDPOINT,
}

BLOCKING_SIGNS = GATEWAY_SIGNS | {
    ProbeSign.REFUSED,
    ProbeSign.TIMEOUT,
    ProbeSign.UNREACHABLE,
    ProbeSign.DROPPED,
    ProbeSign.NOT_TRIED,
}
"""Nobody got there; a headless Service without a ready pod has not even a name to try."""

HAIRPIN = (
    "Where a public name leads back to this cluster's own gateway, Cilium does not count that as "
    "the internet, and no ipBlock matches it"
)


@dataclass(frozen=True, slots=True)
class FlowCase:
    """All that is known of one flow; `predicted` is of every flow, `assessed` of this one."""

    lab: Lab
    answers: FlowAnswers
    predicted: Mapping[str, Outcome]
    assessed: FlowAssessment
    profile: Profile
    objects: NamespaceObjects

    @property
    def destination(self) -> Entity:
        return self.lab.find_entity(self.answers.flow.destination)

    @property
    def sign(self) -> ProbeSign:
        return self.answers.observed.sign

    @property
    def is_blocked(self) -> bool:
        """Seen blocked, or turned away before anybody could tell."""
        observed = self.answers.observed
        return observed.outcome is ObservedOutcome.BLOCKED or self.sign in BLOCKING_SIGNS


@dataclass(frozen=True, slots=True)
class FlowDiagnosis:
    """Sentences: `trouble` is what keeps the flow from working whatever policies say, `meaning`
    what the answers come to.

    `elsewhere` is how a network plugin of another kind would have it, empty where it makes no
    difference; `remedy` the manifest that such a plugin needs, if any.
    """

    obstacles: tuple[str, ...]
    meanings: tuple[str, ...]
    other_plugins: str = ""
    remedy: str = ""


def diagnose_flow(case: FlowCase) -> FlowDiagnosis:
    deviation = case.assessed.deviation_under(Profile.CILIUM)
    return FlowDiagnosis(
        (*_explain_unready_pods(case), *_explain_broken_path(case)),
        tuple(_explain_answers(case)),
        deviation.reason if deviation else "",
        deviation.remedy if deviation else "",
    )


def _explain_unready_pods(case: FlowCase) -> Iterator[str]:
    """Before anything else: who is not ready is sent nothing, whatever policies say."""
    entity = case.destination
    pods = case.objects.pods_by_entity.get(entity.name)
    if pods is None or not pods.is_none_ready or not case.is_blocked:
        return
    restarts = f" ({pods.restarts} restarts)" if pods.restarts else ""
    yield (
        f"No pod of {entity.title} is ready{restarts}: nothing is sent there, whatever policies say"
    )
    waiting = [
        flow for flow in entity.ready_needs if case.predicted.get(flow) not in (None, Outcome.ALLOW)
    ]
    if waiting:
        them = "them" if len(waiting) > 1 else "it"
        yield (
            f"Their readiness probe waits for {' and '.join(waiting)}, which the policies block: "
            f"allow {them}, and they become ready by themselves"
        )


def _explain_broken_path(case: FlowCase) -> Iterator[str]:
    """A Service that leads nowhere, a route that no gateway took."""
    if not case.is_blocked and case.sign not in (ProbeSign.NO_ROUTE, ProbeSign.REFUSED):
        return
    for service in case.objects.find_services(case.destination.name):
        yield from _explain_service(case, service)
    if case.lab.find_entity(case.answers.flow.source).is_gateway:
        for route in case.objects.find_routes(case.destination.name):
            yield from _explain_route(route)


def _explain_service(case: FlowCase, service: ServiceState) -> Iterator[str]:
    if service.ready == 0 and not service.unready:
        yield f"Service {service.service} has no endpoint: compare its selector with the pods"
    elif service.ready == 0 and not case.objects.pods:
        yield f"None of the {service.unready} endpoints of Service {service.service} is ready"
    elif service.ready and case.sign is ProbeSign.REFUSED:
        yield (
            f"Service {service.service} has ready endpoints, and the connection is refused: "
            "compare its targetPort with the port that the container listens on"
        )


def _explain_route(route: RouteState) -> Iterator[str]:
    why = f" ({route.reason})" if route.reason else ""
    if route.accepted is False:
        yield f"The gateway has not accepted HTTPRoute {route.route}{why}"
    elif route.resolved is False:
        yield f"HTTPRoute {route.route} leads to something that is not there{why}"


def _explain_answers(case: FlowCase) -> Iterator[str]:
    answers = case.answers
    if answers.is_explained:
        yield from _explain_deviation(case)
        return
    if case.sign is ProbeSign.KUMA_BLIND and answers.is_opposite:
        yield from _explain_blind_monitor(case)
        return
    if answers.is_contradicted and case.sign in GATEWAY_SIGNS and _has_ready_pods(case):
        yield (
            "The policies allow it and the pods are ready, but the gateway was turned away: that "
            "is the cluster, not these policies. Cilium does so to a gateway that only selectors "
            "of pods admit. Tell your instructor, who can say with CNI_PROFILE=cilium that it runs "
            "here"
        )
        return
    yield answers.meaning


def _explain_deviation(case: FlowCase) -> Iterator[str]:
    deviation = case.assessed.deviation_under(case.profile)
    reason = deviation.reason if deviation else HAIRPIN
    yield f"As this cluster's network plugin has it, and nothing to mend: {reason}"


def _has_ready_pods(case: FlowCase) -> bool:
    pods = case.objects.pods_by_entity.get(case.destination.name)
    return pods is None or not pods.is_none_ready


def _explain_blind_monitor(case: FlowCase) -> Iterator[str]:
    """Uptime Kuma fails to get out; it looks names up first."""
    closed = [flow for flow in _find_lookup_flows(case) if case.predicted.get(flow) is Outcome.DENY]
    if closed:
        yield (
            f"Not this flow's policies: Uptime Kuma looks the name up first, and {closed[0]} is "
            "blocked by the policies. Allow that"
        )
    else:
        yield (
            "Not the policy text: Uptime Kuma cannot reach public names that answer from outside. "
            f"{HAIRPIN}"
        )


def _find_lookup_flows(case: FlowCase) -> list[str]:
    return [
        probe.flows[ProbeRole.DNS]
        for probe in case.lab.probes
        if probe.flows.get(ProbeRole.INTERNET) == case.answers.flow.name
        and ProbeRole.DNS in probe.flows
    ]
