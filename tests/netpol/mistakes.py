"""The lab's solution, broken as students break it: one mistake each, and where it is."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from netpol import lab
from netpol.repair.structure import format_path

LAB = lab.load_default_lab()
SECTIONS = {"ingress": "from", "egress": "to"}
Path = tuple[str | int, ...]
Manifest = dict[str, Any]


@dataclass(frozen=True)
class Mistake:
    """`policy` and `path` say where it is; of something missing there is only the `side`."""

    kind: str
    manifests: list[Manifest]
    policy: str | None = None
    path: str | None = None
    side: str | None = None
    size: int = 1

    def __str__(self) -> str:
        return f"{self.kind}-{self.policy or self.side}-{self.path or ''}"


def solution() -> list[Manifest]:
    return [deepcopy(dict(manifest)) for manifest in LAB.solution]


def mistakes() -> Iterator[Mistake]:
    for index, manifest in enumerate(solution()):
        for each in (labels, selectors, rules, whole):
            yield from each(index, manifest)
    yield from harmful()


def changed(
    index: int, path: Path, kind: str, change: Callable[[Any, Any], None], at: Path | None = None,
    size: int = 1,
) -> Mistake:  # fmt: skip
    """`change` is given what holds the last key of the path, and that key."""
    manifests = solution()
    holder: Any = manifests[index]
    for key in path[:-1]:
        holder = holder[key]
    change(holder, path[-1])
    name = manifests[index]["metadata"]["name"]
    return Mistake(kind, manifests, name, format_path(path if at is None else at), size=size)


def put(value: object) -> Callable[[Any, Any], None]:
    return lambda holder, key: holder.__setitem__(key, value)


def drop(holder: Any, key: Any) -> None:
    del holder[key]


def rename(name: str) -> Callable[[Any, Any], None]:
    return lambda holder, key: holder.__setitem__(name, holder.pop(key))


def label_maps(tree: Any, path: Path) -> Iterator[Path]:
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in items:
        if key == "matchLabels":
            yield (*path, key)
        if isinstance(value, dict | list):
            yield from label_maps(value, (*path, key))


def labels(index: int, manifest: Manifest) -> Iterator[Mistake]:
    for path in label_maps(manifest["spec"], ("spec",)):
        pairs: Any = manifest
        for key in path:
            pairs = pairs[key]
        for key, value in pairs.items():
            yield changed(index, (*path, key), "letter lost", put(value.replace("e", "", 1)))
            yield changed(index, (*path, key), "no hyphen", put(value.replace("-", "") + "s"))
            yield changed(index, (*path, key), "another", put("flask"))
            wrong = key.replace("app", "ap").replace("metadata.name", "name")
            at = (*path, wrong)
            yield changed(index, (*path, key), "wrong key", rename(wrong), at, size=2)


def selectors(index: int, manifest: Manifest) -> Iterator[Mistake]:
    selector, path = manifest["spec"]["podSelector"], ("spec", "podSelector")
    if "matchExpressions" in selector:
        first = (*path, "matchExpressions", 0)
        values = (*first, "values")
        yield changed(index, (*first, "operator"), "operator", put("NotIn"))
        yield changed(index, (*first, "key"), "wrong key", put("application"))
        for place in range(2):
            yield changed(index, (*values, place), "a value", put("studentapp"))
            yield changed(index, (*values, place), "value lost", drop, values)
    if selector:
        yield changed(index, path, "selects all", put({}), size=3)


def rules(index: int, manifest: Manifest) -> Iterator[Mistake]:
    for section, side in SECTIONS.items():
        listed = manifest["spec"].get(section) or []
        for number, rule in enumerate(listed):
            path: Path = ("spec", section, number)
            yield from ports(index, rule, path)
            yield from peers(index, rule, path, side)
            yield changed(index, path, "empty rule", put({}), size=6)
            if len(listed) > 1:
                manifests = solution()
                del manifests[index]["spec"][section][number]
                yield Mistake("rule lost", manifests, side=section, size=8)


def ports(index: int, rule: Manifest, path: Path) -> Iterator[Mistake]:
    for number, port in enumerate(rule["ports"]):
        place = (*path, "ports", number)
        yield changed(index, (*place, "port"), "port", put(port["port"] + 1))
        yield changed(index, (*place, "port"), "far port", put(8443))
        yield changed(index, (*place, "port"), "port name", put("web"))
        other = "UDP" if port["protocol"] == "TCP" else "TCP"
        yield changed(index, (*place, "protocol"), "protocol", put(other))
        if len(rule["ports"]) > 1:
            yield changed(index, place, "port lost", drop, (*path, "ports"), size=2)
    yield changed(index, (*path, "ports"), "no ports", drop, size=4)


def peers(index: int, rule: Manifest, path: Path, side: str) -> Iterator[Mistake]:
    place = (*path, side)
    yield changed(index, place, "no peers", drop, size=3)
    match rule[side][0]:
        case {"namespaceSelector": namespaces, "podSelector": pods}:
            split = [{"namespaceSelector": namespaces}, {"podSelector": pods}]
            yield changed(index, place, "or", put(split), size=2)
            yield changed(index, (*place, 0, "namespaceSelector"), "own namespace", drop)
        case {"podSelector": pods}:
            yield changed(index, (*place, 0, "podSelector"), "any pod", put({}))
            yield changed(index, (*place, 0, "namespaceSelector"), "anywhere", put({}))
            other = {"namespaceSelector": pods}
            yield changed(index, (*place, 0), "namespace for pod", put(other), size=2)
        case {"namespaceSelector": namespaces}:
            other = {"podSelector": namespaces}
            yield changed(index, (*place, 0), "pod for namespace", put(other), size=2)
        case {"ipBlock": _}:
            block = (*place, 0, "ipBlock")
            yield changed(index, (*block, "cidr"), "block", put("10.0.0.0/8"))
            yield changed(index, (*block, "except"), "except", put(["8.0.0.0/8"]))


def whole(index: int, manifest: Manifest) -> Iterator[Mistake]:
    types = manifest["spec"]["policyTypes"]
    if len(types) > 1:
        return
    other = "Ingress" if types == ["Egress"] else "Egress"
    yield changed(index, ("spec", "policyTypes", 0), "type", put(other))
    yield changed(index, ("metadata", "namespace"), "elsewhere", put("default"))
    manifests = solution()
    del manifests[index]
    yield Mistake("policy lost", manifests, side=types[0].lower(), size=14)


def harmful() -> Iterator[Mistake]:
    for kind, spec in {
        "allow all": {"ingress": [{}], "egress": [{}], "policyTypes": ["Ingress", "Egress"]},
        "allow all in": {"ingress": [{}], "policyTypes": ["Ingress"]},
        "allow all out": {"egress": [{}], "policyTypes": ["Egress"]},
    }.items():
        manifest = {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": "debug"},
            "spec": {"podSelector": {}, **spec},
        }
        yield Mistake(kind, [*solution(), manifest], "debug", "", size=8)
