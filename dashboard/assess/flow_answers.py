"""The three answers about a flow: expected, predicted and observed, and what they mean together."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dashboard.assess.probe_votes import ObservedFlow
from dashboard.models import ObservedOutcome, ProbeSign
from netpol.assess import Assessment
from netpol.lab import Flow, Lab, ProbeRole
from netpol.model import Outcome, Profile

CONTRADICTIONS = {
    (Outcome.ALLOW, ObservedOutcome.BLOCKED),
    (Outcome.DENY, ObservedOutcome.REACHED),
}
LEADS_NOWHERE = {ProbeSign.GATEWAY_HAS_NO_ENDPOINT, ProbeSign.NO_ROUTE, ProbeSign.REFUSED}
"""Whether policies would let it through was not seen, for nobody is there."""
MEANINGS: Mapping[tuple[Outcome, ObservedOutcome], str] = {
    (Outcome.ALLOW, ObservedOutcome.REACHED): "works",
    (Outcome.DENY, ObservedOutcome.BLOCKED): "blocked, as the policies say",
    (Outcome.ALLOW, ObservedOutcome.BLOCKED): (
        "not the policy text: look for a pod that is not ready, a Service without endpoints, DNS,"
        " or a peculiarity of the network plugin (CNI)"
    ),
    (Outcome.DENY, ObservedOutcome.REACHED): (
        "the network plugin (CNI) does not enforce this; it is no mistake of the policies"
    ),
    (Outcome.PARTIAL, ObservedOutcome.REACHED): "works for the pod that the probe reached",
    (Outcome.PARTIAL, ObservedOutcome.BLOCKED): "blocked for the pod that the probe tried",
    (Outcome.UNKNOWN, ObservedOutcome.REACHED): "works, though the policies do not settle it",
    (Outcome.UNKNOWN, ObservedOutcome.BLOCKED): "blocked, though the policies do not settle it",
}


def weigh_observation(
    lab: Lab, flow: Flow, observed: ObservedFlow, predicted: Mapping[str, Outcome]
) -> ObservedFlow:
    """What was seen of a flow, unless another flow explains it: an Uptime Kuma that may not look
    names up never gets as far as to connect.
    """
    if observed.sign is not ProbeSign.KUMA_BLIND:
        return observed
    for probe in lab.probes:
        look_up = probe.flows.get(ProbeRole.DNS, "")
        if flow.name == probe.flows.get(ProbeRole.INTERNET) and _is_closed(predicted.get(look_up)):
            reason = f"the name look-up fails first: {look_up} is blocked by the policies"
            return observed.as_unknown(reason, ProbeSign.NOT_TRIED)
    return observed


def adjust_for_plugin(predicted: Outcome, observed: ObservedFlow, profile: Profile) -> Outcome:
    """What policies come to under a network plugin, where what was seen tells more of the way.

    An Uptime Kuma asks public names. Where they lead back to the cluster's own gateway, Cilium does
    not count that as the internet; where they lead there cannot be seen from here.
    """
    if profile is Profile.CILIUM and observed.sign is ProbeSign.KUMA_BLIND:
        return Outcome.UNKNOWN
    return predicted


def _is_closed(outcome: Outcome | None) -> bool:
    return outcome in (Outcome.DENY, Outcome.PARTIAL)


class FlowFit(StrEnum):
    """Whether what policies say of a flow is what the lab wants."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"


def rate_fit(flow: Flow, predicted: Outcome) -> FlowFit:
    """Wrong is what is certain to be other; what cannot be told is not met either."""
    if predicted is flow.expected:
        return FlowFit.RIGHT
    return FlowFit.UNKNOWN if predicted is Outcome.UNKNOWN else FlowFit.WRONG


@dataclass(frozen=True, slots=True)
class FlowAnswers:
    """What the lab expects of a flow is part of it; what policies say and a probe saw is not.

    `predicted` is by the API's text, `here` by what is known of this cluster's network plugin.
    """

    flow: Flow
    predicted: Outcome
    observed: ObservedFlow
    here: Outcome

    @property
    def is_met(self) -> bool:
        return self.predicted is self.flow.expected

    @property
    def fit(self) -> FlowFit:
        return rate_fit(self.flow, self.predicted)

    @property
    def is_against_lab(self) -> bool:
        return self.fit is FlowFit.WRONG

    @property
    def is_opposite(self) -> bool:
        """The probe saw the opposite of what the policies' text says."""
        return (self.predicted, self.observed.outcome) in CONTRADICTIONS

    @property
    def is_explained(self) -> bool:
        """The opposite, and just that is to be expected of this cluster's network plugin."""
        return self.is_opposite and (self.here, self.observed.outcome) not in CONTRADICTIONS

    @property
    def is_contradicted(self) -> bool:
        """The opposite, and nothing that is known explains it: the lesson is in these."""
        return self.is_opposite and not self.is_explained

    @property
    def is_failing(self) -> bool:
        """The policies let it through, and it was seen not to work all the same."""
        return (
            self.predicted is Outcome.ALLOW
            and not self.is_explained
            and (
                self.observed.outcome is ObservedOutcome.BLOCKED
                or self.observed.sign in LEADS_NOWHERE
            )
        )

    @property
    def meaning(self) -> str:
        """The predicted and the observed answer taken together, in words."""
        if self.observed.outcome is ObservedOutcome.UNKNOWN:
            return f"not observed: {self.observed.reason}"
        if self.is_against_lab and not self.is_opposite and self.flow.expected is Outcome.DENY:
            return "open, as the policies say; the lab wants it closed"
        return MEANINGS[self.predicted, self.observed.outcome]


NOT_PROBED = ObservedFlow(ObservedOutcome.UNKNOWN, "nobody can probe a state that was never there")


def answer_flows(
    lab: Lab, assessment: Assessment, observed: Mapping[str, ObservedFlow], profile: Profile
) -> dict[str, FlowAnswers]:
    """The answers about every flow of the lab, in its order.

    The assessment may be older than the lab file: the policies' answer about a new flow is unknown.
    """
    predicted = {flow.flow: flow.predicted for flow in assessment.flows}
    here = {flow.flow: flow.outcome_under(profile) for flow in assessment.flows}
    return combine_answers(lab, predicted, here, observed, profile)


def combine_answers(
    lab: Lab,
    predicted: Mapping[str, Outcome],
    here: Mapping[str, Outcome],
    observed: Mapping[str, ObservedFlow],
    profile: Profile,
) -> dict[str, FlowAnswers]:
    """`predicted` is by the API's text, `here` under this cluster's network plugin."""
    answers = {}
    for flow in lab.flows:
        seen = weigh_observation(lab, flow, observed.get(flow.name, NOT_PROBED), predicted)
        outcome = here.get(flow.name, Outcome.UNKNOWN)
        answers[flow.name] = FlowAnswers(
            flow,
            predicted.get(flow.name, Outcome.UNKNOWN),
            seen,
            adjust_for_plugin(outcome, seen, profile),
        )
    return answers
