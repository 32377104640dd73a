"""Checks of selectors: do they select anybody?"""

from collections.abc import Iterator

from netpol.evaluate import selector_matches
from netpol.lint.codes import Finding, FindingCode
from netpol.lint.context import LintContext
from netpol.model import Operator, Selector
from netpol.parse import Json
from netpol.repair.parts import peers_of, spec_of
from netpol.repair.selectors import measure_distance
from netpol.repair.structure import format_path


def check_policy_selectors(context: LintContext) -> Iterator[Finding]:
    pods = context.binding.pods
    labels = sorted({f"`app: {pod.labels['app']}`" for pod in pods if "app" in pod.labels})
    for policy, _ in context.policies:
        if not any(selector_matches(policy.selector, pod.labels) for pod in pods):
            yield FindingCode.IDLE_POLICY.build_finding(
                policy.name,
                "spec.podSelector",
                "It selects no pod of the namespace, so it does nothing.",
                labels=", ".join(labels) or "there are none with a label `app`",
            )


def check_peers(context: LintContext) -> Iterator[Finding]:
    pods = context.list_all_pods()
    for placed in context.rules:
        for path, peer in placed.list_pod_peers():
            if not any(context.is_peer(pod, peer) for pod in pods):
                message = "This peer selects no pod that is known here."
                yield placed.build_finding(FindingCode.IDLE_PEER, path, message)


def check_label_spelling(context: LintContext) -> Iterator[Finding]:
    """A label that nobody has, and that is a letter or two from one that somebody has."""
    pods = context.list_all_pods()
    pod_labels = {pair for pod in pods for pair in pod.labels.items()}
    labels_of = context.binding.cluster.labels_of
    namespace_labels = {pair for pod in pods for pair in labels_of(pod.namespace).items()}
    for policy, manifest in context.policies:
        written = spec_of(manifest).get("podSelector")
        found = _find_misspelt("spec.podSelector", policy.selector, written, pod_labels)
        for path, message in found:
            yield FindingCode.MISSPELT_LABEL.build_finding(policy.name, path, message)
    for placed in context.rules:
        listed = peers_of(placed.manifest_rule, placed.direction)
        for (path, peer), written in zip(placed.list_peers(), listed, strict=True):
            for name, labels, selector in (
                ("podSelector", pod_labels, getattr(peer, "pods", None)),
                ("namespaceSelector", namespace_labels, getattr(peer, "namespaces", None)),
            ):
                found = _find_misspelt(f"{path}.{name}", selector, written.get(name), labels)
                for place, message in found:
                    yield placed.build_finding(FindingCode.MISSPELT_LABEL, place, message)


def _find_misspelt(
    path: str, selector: Selector | None, written: Json | None, in_use: set[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """Where a selector asks for a label that is nearly in use, and a message about it."""
    label_count = len((written or {}).get("matchLabels") or {})
    for number, requirement in enumerate(selector.requirements if selector else ()):
        for index, value in enumerate(requirement.values):
            if requirement.operator is not Operator.IN or (requirement.key, value) in in_use:
                continue
            if near := _find_near_label(requirement.key, value, in_use):
                place = (
                    f"{path}.{format_path(('matchLabels', requirement.key))}"
                    if number < label_count
                    else f"{path}.matchExpressions[{number - label_count}].values[{index}]"
                )
                label = f"{requirement.key}: {value}"
                yield place, f"`{label}` is nobody's label; `{near[0]}: {near[1]}` is one."


def _find_near_label(key: str, value: str, in_use: set[tuple[str, str]]) -> tuple[str, str] | None:
    def distance(pair: tuple[str, str]) -> int:
        return measure_distance(pair[0], key) + measure_distance(pair[1], value)

    near = min(sorted(in_use), key=distance, default=None)
    most = 2 if len(key) + len(value) > 6 else 1
    return near if near and distance(near) <= most else None
