"""Files that somebody might send to break the reader, at any size."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from netpol import lab

Json = dict[str, Any]

NAMESPACE = "student-alice-dev"
NULLS = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: nulls, labels: null, annotations: null, uid: null}
spec: {podSelector: {matchLabels: {a: null}, matchExpressions: null}, policyTypes: null,
  ingress: [null, {from: null, ports: [null, {port: null, endPort: null, protocol: null}]}],
  egress: [null, {to: [{podSelector: null, ipBlock: {cidr: 10.0.0.0/8, except: null}}]}]}
status: null
---
null
---
{apiVersion: v1, kind: Pod, metadata: {name: a, labels: null},
 spec: {containers: [null, {ports: [null]}]}, status: {podIPs: [null], podIP: null}}
---
{apiVersion: v1, kind: Namespace, metadata: null, spec: null, status: null}
---
{apiVersion: null, kind: null, metadata: null}
---
{apiVersion: v1, kind: List, items: [null]}
"""


def policy(spec: Json, **metadata: Any) -> Json:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "hostile", **metadata},
        "spec": spec,
    }


def pod(**metadata: Any) -> Json:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "student-app", "labels": {"app": "student-app"}, **metadata},
    }


def written(*objects: Json) -> bytes:
    return b"\n".join(json.dumps(each).encode() for each in objects)


def laughs(size: int) -> bytes:
    """Each line means the one before nine times over."""
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, max(2, size // 60))
    ]
    return "\n".join(lines).encode()


def aliases(size: int) -> bytes:
    return b"a: &a x\nb: [" + b"*a, " * (size // 4) + b"]"


def merges(size: int) -> bytes:
    """Each mapping merges all before it."""
    return b"\n".join(
        b"k%d: &k%d {<<: *k%d, x%d: 1}" % (n, n, max(0, n - 1), n) if n else b"k0: &k0 {x: 1}"
        for n in range(size // 30)
    )


def rules(size: int) -> bytes:
    return written(pod(), policy({"ingress": [{}] * (size // 10)}))


def ports(size: int) -> bytes:
    listed = [{"port": number % 65535 + 1} for number in range(size // 10)]
    return written(pod(), policy({"ingress": [{"ports": listed}]}))


def peers(size: int) -> bytes:
    listed = [{"podSelector": {"matchLabels": {f"k{number}": "v"}}} for number in range(size // 50)]
    return written(pod(), policy({"ingress": [{"from": [each]} for each in listed]}))


def blocks(size: int) -> bytes:
    excluded = [f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}/32" for n in range(size // 20)]
    block = {"cidr": "10.0.0.0/8", "except": excluded}
    return written(pod(), policy({"egress": [{"to": [{"ipBlock": block}]}]}))


def faults(size: int) -> bytes:
    """A million ports, all of them wrong."""
    return written(pod(), policy({"ingress": [{"ports": [{"port": 0}] * (size // 10)}]}))


def policies(size: int) -> bytes:
    return written(pod(), *(policy({}, name=f"p{number}") for number in range(size // 120)))


def unknown_fields(size: int) -> bytes:
    return written(policy({f"field{number}": 1 for number in range(size // 15)}))


def twice(size: int) -> bytes:
    """The last of many keys stands twice."""
    pairs = [*(f'"k{number}": 1' for number in range(size // 12)), f'"k{size // 12 - 1}": 2']
    return ("{" + ", ".join(pairs) + "}").encode()


def twice_in_yaml(size: int) -> bytes:
    return b"\n".join(b"k%d: 1" % number for number in range(size // 10)) + b"\nk0: 2"


def long_label(size: int) -> bytes:
    return written(policy({"podSelector": {"matchLabels": {"k" * size: "v" * size}}}), pod())


def long_names(size: int) -> bytes:
    text = "n" * size
    return written(
        {**policy({text: 1}), "metadata": {"name": text, "namespace": text, text: text}},
        {"apiVersion": "v1", "kind": text, "metadata": {"name": text}},
    )


def nul(size: int) -> bytes:
    return b"kind: Pod\nname: " + b"\0" * size


def nul_in_json(size: int) -> bytes:
    text = "\0" * (size // 6)
    return written(policy({"podSelector": {text: {text: text}}}, name=text), {"kind": text})


def surrogates(_: int) -> bytes:
    """Half characters, which no output can hold."""
    half = "\ud800"
    return written(
        policy({half: half, "podSelector": {"matchLabels": {half: half}}}, name=half),
        {"apiVersion": "cilium.io/v2", "kind": "CiliumNetworkPolicy", "metadata": {"name": half}},
        {"apiVersion": half, "kind": half, "metadata": {"name": half, "namespace": half}},
        pod(),
    )


def escapes(_: int) -> bytes:
    """What would clear a terminal, as names of policies that a server refuses."""
    return written(
        policy({"ingress": [{"from": [{}]}]}, name="\x1b[2J\0"),
        policy({"podSelector": {}}, name="\x1b[2J", namespace=NAMESPACE),
        pod(),
    )


def other_kind(_: int) -> bytes:
    """What no output can hold, in an object that is not evaluated."""
    metadata = {"name": "\ud800\0\n", "namespace": NAMESPACE}
    kind = {"apiVersion": "cilium.io/v2", "kind": "CiliumNetworkPolicy"}
    return written({**kind, "metadata": metadata}, policy({}, namespace=NAMESPACE), pod())


def deep(size: int) -> bytes:
    return b'{"kind": ' + b"[" * size


def deep_lists(_: int) -> bytes:
    """Lists of lists, as deep as a reader of JSON goes."""
    inner: Json = pod()
    for _ in range(400):
        inner = {"apiVersion": "v1", "kind": "List", "items": [inner]}
    return written(inner)


def deep_bookkeeping(_: int) -> bytes:
    return b'{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "a", "managedFields": ' + (
        b"[" * 900 + b"]" * 900 + b"}}"
    )


def numbers(size: int) -> bytes:
    digits = "9" * size
    return (
        '{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "p",'
        f' "generation": {digits}}}, "spec": {{"ingress": [{{"ports": [{{"port": {digits}}},'
        f' {{"port": 1e999}}, {{"port": -1e300, "endPort": 0.{digits}}}]}}]}}}}'
    ).encode()


def spaces(size: int) -> bytes:
    return b" " * size + b"\n" * size


def nulls(_: int) -> bytes:
    return NULLS.encode()


def many_labels(size: int) -> bytes:
    """Found by fuzzing: each of them could be mended in several ways."""
    pairs = {f"k{number}": "v" for number in range(size // 200)}
    terms = [{"key": "app", "operator": "NotIn", "values": ["student-app"]}] * (size // 3000)
    selector = {"matchLabels": pairs, "matchExpressions": terms}
    return written(
        policy({"podSelector": selector, "policyTypes": ["Egress"]}, namespace=NAMESPACE),
        policy({"ingress": [{"from": [{"podSelector": selector}]}]}, name="other"),
    )


def odd_namespace(_: int) -> bytes:
    """Found by fuzzing: a namespace that is no text."""
    return written(policy({}, namespace={}), policy({}, namespace=[], name="other"), pod())


def text_for_peers(_: int) -> bytes:
    """Found by fuzzing: the solution, with a text where a list of peers belongs."""
    listed = [json.loads(json.dumps(each)) for each in lab.load_default_lab().solution]
    next(each for each in listed if each["spec"].get("egress"))["spec"]["egress"][0]["to"] = "::/0"
    return written(*listed)


def colons(size: int) -> bytes:
    return b"? " * (size // 2)


CASES: Mapping[str, Callable[[int], bytes]] = {
    each.__name__: each
    for each in (
        *(laughs, aliases, merges, rules, ports, peers, blocks, faults, policies),
        *(unknown_fields, twice, twice_in_yaml, long_label, long_names, nul, nul_in_json),
        *(
            surrogates,
            escapes,
            other_kind,
            deep,
            deep_lists,
            deep_bookkeeping,
            numbers,
            spaces,
            nulls,
        ),
        *(colons, many_labels, odd_namespace, text_for_peers),
    )
}


def commands(file: str, folder: str) -> list[list[str]]:
    """Every command, on this file."""
    lab = ["week-06-lab-03", "-f", file, "--namespace", NAMESPACE]
    return [
        ["matrix", "-f", file, "--port", "80"],
        ["explain", "-f", file, "--from", "8.8.8.8", "--to", "student-app", "--port", "80"],
        ["report", file, "--output-dir", folder, "--no-charts"],
        ["diagnose", *lab],
        ["repair", *lab],
        *(["check", *lab, "-o", form] for form in ("text", "github", "junit")),
    ]
