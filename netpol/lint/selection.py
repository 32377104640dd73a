"""Checks of selectors: do they mean anybody?"""

from collections.abc import Iterator, Mapping, Sequence

from netpol.evaluate import selector_matches
from netpol.lint.context import Finding, FindingLevel, LintContext, PlacedRule
from netpol.model import Operator, Pod, PodPeer, Selector
from netpol.parse import Json
from netpol.repair.parts import peers_of, spec_of
from netpol.repair.selectors import measure_distance
from netpol.repair.structure import format_path

Labels = Mapping[str, str]


def check_policy_selectors(context: LintContext) -> Iterator[Finding]:
    for policy, _ in context.policies:
        if not any(selector_matches(policy.selector, pod.labels) for pod in context.pods):
            yield Finding(
                "NP101",
                FindingLevel.WARNING,
                policy.name,
                "spec.podSelector",
                "It selects no pod of the namespace, so it does nothing.",
                f"Compare it with the labels of the pods: {_format_labels_in_use(context.pods)}.",
            )


def _format_labels_in_use(pods: Sequence[Pod]) -> str:
    words = sorted({f"`app: {pod.labels['app']}`" for pod in pods if "app" in pod.labels})
    return ", ".join(words) or "there are none with a label `app`"


def check_peers(context: LintContext) -> Iterator[Finding]:
    for placed in context.list_rules():
        for index, peer in enumerate(placed.rule.peers or ()):
            if isinstance(peer, PodPeer) and not any(
                context.selects_peer(peer, pod) for pod in context.list_all_pods()
            ):
                yield Finding(
                    "NP102",
                    FindingLevel.WARNING,
                    placed.policy.name,
                    f"{placed.peers_path}[{index}]",
                    "This peer selects no pod that is known here.",
                    "Compare it with the labels of the pods and of their namespaces.",
                )


def check_label_spelling(context: LintContext) -> Iterator[Finding]:
    """A label that nobody has, and that is a letter or two from one that somebody has."""
    pods = [pod.labels for pod in context.list_all_pods()]
    homes = {pod.namespace for pod in context.list_all_pods()}
    places = [context.parties.cluster.labels_of(home) for home in sorted(homes)]
    for policy, manifest in context.policies:
        written = spec_of(manifest).get("podSelector")
        yield from _check_selector_spelling(
            policy.name, "spec.podSelector", policy.selector, written, pods
        )
    for placed in context.list_rules():
        listed = peers_of(_find_rule(placed), placed.direction)
        for index, peer in enumerate(placed.rule.peers or ()):
            if not isinstance(peer, PodPeer):
                continue
            path = f"{placed.peers_path}[{index}]"
            name = placed.policy.name
            own = listed[index].get("podSelector")
            yield from _check_selector_spelling(name, f"{path}.podSelector", peer.pods, own, pods)
            if peer.namespaces is not None:
                far = listed[index].get("namespaceSelector")
                yield from _check_selector_spelling(
                    name, f"{path}.namespaceSelector", peer.namespaces, far, places
                )


def _find_rule(placed: PlacedRule) -> Json:
    rules = spec_of(placed.manifest).get(placed.direction.lower()) or []
    return rules[placed.index] or {}


def _check_selector_spelling(
    policy: str, path: str, selector: Selector, written: Json | None, labels: Sequence[Labels]
) -> Iterator[Finding]:
    in_use = {pair for each in labels for pair in each.items()}
    expressions = len((written or {}).get("matchLabels") or {})
    for number, requirement in enumerate(selector.requirements):
        if requirement.operator is not Operator.IN:
            continue
        for index, value in enumerate(requirement.values):
            if (requirement.key, value) in in_use:
                continue
            likely = _find_likely_label(requirement.key, value, in_use)
            if likely is None:
                continue
            place = (
                format_path((path, "matchLabels", requirement.key))
                if number < expressions
                else f"{path}.matchExpressions[{number - expressions}].values[{index}]"
            )
            yield Finding(
                "NP103",
                FindingLevel.ERROR,
                policy,
                place.replace(f'["{path}"]', path),
                f"`{requirement.key}: {value}` is nobody's label; `{likely[0]}: {likely[1]}` "
                "is one.",
                "Mend the spelling.",
            )


def _find_likely_label(
    key: str, value: str, in_use: set[tuple[str, str]]
) -> tuple[str, str] | None:
    def distance(pair: tuple[str, str]) -> int:
        return measure_distance(pair[0], key) + measure_distance(pair[1], value)

    near = min(sorted(in_use), key=distance, default=None)
    most = 2 if len(key) + len(value) > 6 else 1
    return near if near and distance(near) <= most else None
