"""Checks of selectors: do they mean anybody?"""

from collections.abc import Iterator, Mapping, Sequence

from netpol.evaluate import selector_matches
from netpol.lint.model import Finding, Level, Placed, Scene
from netpol.model import Operator, Pod, PodPeer, Selector
from netpol.parse import Json
from netpol.repair.parts import peers_of, spec_of
from netpol.repair.selectors import apart
from netpol.repair.structure import text

Labels = Mapping[str, str]


def selects_nothing(scene: Scene) -> Iterator[Finding]:
    for policy, _ in scene.policies:
        if not any(selector_matches(policy.selector, pod.labels) for pod in scene.pods):
            yield Finding(
                "NP101",
                Level.WARNING,
                policy.name,
                "spec.podSelector",
                "It selects no pod of the namespace, so it does nothing.",
                f"Compare it with the labels of the pods: {_in_use(scene.pods)}.",
            )


def _in_use(pods: Sequence[Pod]) -> str:
    words = sorted({f"`app: {pod.labels['app']}`" for pod in pods if "app" in pod.labels})
    return ", ".join(words) or "there are none with a label `app`"


def peers_nobody(scene: Scene) -> Iterator[Finding]:
    for placed in scene.rules():
        for index, peer in enumerate(placed.rule.peers or ()):
            if isinstance(peer, PodPeer) and not any(
                scene.selects_peer(peer, pod) for pod in scene.everybody()
            ):
                yield Finding(
                    "NP102",
                    Level.WARNING,
                    placed.policy.name,
                    f"{placed.peers_path}[{index}]",
                    "This peer selects no pod that is known here.",
                    "Compare it with the labels of the pods and of their namespaces.",
                )


def nearly_right(scene: Scene) -> Iterator[Finding]:
    """A label that nobody has, and that is a letter or two from one that somebody has."""
    pods = [pod.labels for pod in scene.everybody()]
    homes = {pod.namespace for pod in scene.everybody()}
    places = [scene.parties.cluster.labels_of(home) for home in sorted(homes)]
    for policy, manifest in scene.policies:
        written = spec_of(manifest).get("podSelector")
        yield from _near(policy.name, "spec.podSelector", policy.selector, written, pods)
    for placed in scene.rules():
        listed = peers_of(_rule(placed), placed.direction)
        for index, peer in enumerate(placed.rule.peers or ()):
            if not isinstance(peer, PodPeer):
                continue
            path = f"{placed.peers_path}[{index}]"
            name = placed.policy.name
            own = listed[index].get("podSelector")
            yield from _near(name, f"{path}.podSelector", peer.pods, own, pods)
            if peer.namespaces is not None:
                far = listed[index].get("namespaceSelector")
                yield from _near(name, f"{path}.namespaceSelector", peer.namespaces, far, places)


def _rule(placed: Placed) -> Json:
    rules = spec_of(placed.manifest).get(placed.direction.lower()) or []
    return rules[placed.index] or {}


def _near(
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
            likely = _likeliest(requirement.key, value, in_use)
            if likely is None:
                continue
            place = (
                text((path, "matchLabels", requirement.key))
                if number < expressions
                else f"{path}.matchExpressions[{number - expressions}].values[{index}]"
            )
            yield Finding(
                "NP103",
                Level.ERROR,
                policy,
                place.replace(f'["{path}"]', path),
                f"`{requirement.key}: {value}` is nobody's label; "
                f"`{likely[0]}: {likely[1]}` is one.",
                "Mend the spelling.",
            )


def _likeliest(key: str, value: str, in_use: set[tuple[str, str]]) -> tuple[str, str] | None:
    def distance(pair: tuple[str, str]) -> int:
        return apart(pair[0], key) + apart(pair[1], value)

    near = min(sorted(in_use), key=distance, default=None)
    most = 2 if len(key) + len(value) > 6 else 1
    return near if near and distance(near) <= most else None
