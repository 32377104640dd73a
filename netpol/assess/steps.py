"""Which steps of a lab hold, by what the policies mean."""

from collections.abc import Iterable, Mapping, Sequence

from netpol.assess.binding import EntityBinding
from netpol.assess.model import FlowAssessment, StepAssessment
from netpol.evaluate import find_isolating_policies, selector_matches
from netpol.lab import EveryPodIsolated, FlowsAsExpected, Lab, NoPolicySelects, NotChecked, Step
from netpol.model import Direction, Outcome, VerdictSide


def assess_step(
    lab: Lab, step: Step, binding: EntityBinding, flows: Mapping[str, FlowAssessment]
) -> StepAssessment:
    """Whether the step holds now; whether it was ever reached is the history's to know."""
    match step.detector:
        case NoPolicySelects():
            return _no_policy_selects(step.key, binding)
        case EveryPodIsolated():
            return _every_pod_isolated(step.key, binding)
        case FlowsAsExpected(names):
            return _flows_as_expected(lab, step.key, [flows[name] for name in names])
        case NotChecked(reason):
            return StepAssessment(step.key, None, f"Not checked: {reason}")


def _no_policy_selects(key: str, binding: EntityBinding) -> StepAssessment:
    policies = binding.cluster.policies_in(binding.namespace)
    selecting = {
        policy.name
        for policy in policies
        if any(selector_matches(policy.selector, pod.labels) for pod in binding.pods)
    }
    if selecting:
        return StepAssessment(key, False, f"Pods are selected by {_format_names(selecting)}.")
    if kinds := _list_unsupported_kinds(binding):
        return StepAssessment(key, None, f"Not known: {kinds} may select pods.")
    if policies:
        idle = _format_names({policy.name for policy in policies})
        return StepAssessment(key, True, f"No pod is selected by {idle}.")
    return StepAssessment(key, True, "There is no policy.")


def _every_pod_isolated(key: str, binding: EntityBinding) -> StepAssessment:
    gaps: set[str] = set()
    policies: set[str] = set()
    for pod in binding.pods:
        for direction in Direction:
            isolated_by = find_isolating_policies(binding.cluster, pod, direction)
            policies.update(policy.name for policy in isolated_by)
            if not isolated_by:
                # A pod's own name changes with every restart.
                names = binding.entities_of(pod) or ("another pod",)
                gaps.update(f"{name} for {direction.lower()}" for name in names)
    if gaps and (kinds := _list_unsupported_kinds(binding)):
        return StepAssessment(key, None, f"Not known: {kinds} may isolate pods.")
    if gaps:
        return StepAssessment(key, False, f"Not isolated: {', '.join(sorted(gaps))}.")
    if any(pod.host_network for pod in binding.pods):
        return StepAssessment(
            key, None, "Not known: Kubernetes leaves open whether a hostNetwork pod is isolated."
        )
    evidence = "Every pod is isolated for ingress and for egress."
    return StepAssessment(key, True, evidence, tuple(sorted(policies)))


def _flows_as_expected(lab: Lab, key: str, flows: Sequence[FlowAssessment]) -> StepAssessment:
    wrong = [flow for flow in flows if not flow.is_met and flow.predicted is not Outcome.UNKNOWN]
    unknown = [flow for flow in flows if flow.predicted is Outcome.UNKNOWN]
    by_default = [flow for flow in flows if flow.is_met and not is_intended(lab, flow)]
    if wrong:
        should = "open" if wrong[0].expected is Outcome.ALLOW else "closed"
        return StepAssessment(key, False, _describe_flow(wrong[0], f"should be {should}"))
    if by_default:
        return StepAssessment(
            key, False, _describe_flow(by_default[0], "is open, but not by a rule")
        )
    if unknown:
        return StepAssessment(key, None, _describe_flow(unknown[0], "is not known"))
    policies = {policy for flow in flows for policy in _responsible_policies(lab, flow)}
    return StepAssessment(key, True, "Each of its flows is as expected.", tuple(sorted(policies)))


def _describe_flow(flow: FlowAssessment, what: str) -> str:
    return f"{flow.flow} {what}. {flow.headline}"


def is_intended(lab: Lab, flow: FlowAssessment) -> bool:
    """Whether rules open an open flow: without policies everything is open."""
    return flow.expected is Outcome.DENY or all(side.allowing for side in _student_sides(lab, flow))


def _responsible_policies(lab: Lab, flow: FlowAssessment) -> set[str]:
    sides = list(_student_sides(lab, flow))
    if flow.expected is Outcome.ALLOW:
        return {match.policy for side in sides for match in side.allowing}
    denying = [side for side in sides if side.outcome is Outcome.DENY]
    return {policy for side in denying for policy in side.isolating}


def _student_sides(lab: Lab, flow: FlowAssessment) -> Iterable[VerdictSide]:
    """The sides that the student controls: those of entities in their namespace."""
    ends = lab.find_flow(flow.flow)
    for verdict in flow.verdicts:
        if lab.find_entity(ends.source).is_student_entity:
            yield verdict.egress
        if lab.find_entity(ends.destination).is_student_entity:
            yield verdict.ingress


def _list_unsupported_kinds(binding: EntityBinding) -> str:
    """The kinds of policy in the namespace that are not evaluated."""
    policies = binding.cluster.unsupported_in(binding.namespace)
    return ", ".join(sorted({policy.kind for policy in policies}))


def _format_names(policies: Iterable[str]) -> str:
    return ", ".join(f"`{policy}`" for policy in sorted(policies))
