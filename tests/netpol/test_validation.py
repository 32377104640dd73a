"""What the API server refuses in a spec, with the path: the V lines of docs/semantics.md."""

import pytest
import yaml

from netpol.parse import InvalidManifestError, parse_policy


def faults(spec: str, *, strict_cidr: bool = False) -> list[str]:
    """The fields that are refused in a policy with this spec, in YAML."""
    manifest = {"metadata": {"name": "p"}, "spec": yaml.safe_load(spec)}
    try:
        parse_policy(manifest, strict_cidr=strict_cidr)
    except InvalidManifestError as invalid:
        return [fault.field for fault in invalid.faults if fault.subject == "default/p"]
    return []


def in_port(port: str) -> list[str]:
    found = faults(f"ingress: [{{ports: [{port}]}}]")
    assert faults(f"egress: [{{ports: [{port}]}}]") == [
        field.replace("ingress", "egress") for field in found
    ]
    return [field.removeprefix("spec.ingress[0].ports[0]") for field in found]


def in_peer(peer: str, *, strict_cidr: bool = False) -> list[str]:
    found = faults(f"ingress: [{{}}, {{from: [{peer}]}}]", strict_cidr=strict_cidr)
    return [field.removeprefix("spec.ingress[1].from[0]") for field in found]


@pytest.mark.parametrize(
    ("port", "fields"),
    [
        ("{port: 1}", []),
        ("{port: 65535}", []),
        ("{port: 0}", [".port"]),
        ("{port: -1}", [".port"]),
        ("{port: 65536}", [".port"]),
        ("{port: 80.5}", [".port"]),
        ("{port: true}", [".port"]),
        ("{port: [80]}", [".port"]),
        ('{port: "80"}', [".port"]),
        ('{port: ""}', [".port"]),
        ("{port: HTTP}", [".port"]),
        ("{port: http}", []),
        ("{protocol: UDP}", []),
        ("{protocol: udp}", [".protocol"]),
        ("{protocol: ICMP}", [".protocol"]),
        ('{protocol: ""}', [".protocol"]),
        ("{protocol: 17}", [".protocol"]),
        ("{port: 80, endPort: 80}", []),
        ("{port: 80, endPort: 79}", [".endPort"]),
        ("{port: 80, endPort: 65536}", [".endPort"]),
        ("{port: 80, endPort: 0}", [".endPort"]),
        ('{port: 80, endPort: "90"}', [".endPort"]),
        ("{port: http, endPort: 90}", [".endPort"]),
        ("{endPort: 90}", [".endPort"]),
        ("{port: 0, protocol: tcp}", [".protocol", ".port"]),
        ("80", [""]),
    ],
)
def test_ports(port: str, fields: list[str]) -> None:
    assert in_port(port) == fields


@pytest.mark.parametrize(
    ("peer", "fields"),
    [
        ("{podSelector: {}}", []),
        ("{podSelector: {}, namespaceSelector: {}}", []),
        ("{}", [""]),
        ("null", [""]),
        ("{podSelector: null, namespaceSelector: null, ipBlock: null}", [""]),
        ("any", [""]),
        ("{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}", [""]),
        ("{ipBlock: {cidr: 10.0.0.0/8}, namespaceSelector: {}}", [""]),
        ("{ipBlock: {}}", [".ipBlock.cidr"]),
        ('{ipBlock: {cidr: ""}}', [".ipBlock.cidr"]),
        ("{ipBlock: {cidr: 10.0.0.1}}", [".ipBlock.cidr"]),
        ("{ipBlock: {cidr: 10.0.0.0/33}}", [".ipBlock.cidr"]),
        ("{ipBlock: {cidr: 8}}", [".ipBlock.cidr"]),
        ("{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}", []),
        ("{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/9]}}", []),
        ("{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8]}}", [".ipBlock.except[0]"]),
        ("{ipBlock: {cidr: 10.0.0.0/8, except: [0.0.0.0/0]}}", [".ipBlock.except[0]"]),
        (
            "{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16, 11.0.0.0/16, '2001:db8::/32']}}",
            [".ipBlock.except[1]", ".ipBlock.except[2]"],
        ),
        ("{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.2.3]}}", [".ipBlock.except[0]"]),
        ("{ipBlock: {cidr: 10.0.0.0/8, except: [null]}}", [".ipBlock.except[0]"]),
        ("{ipBlock: {cidr: 10.0.0.0/8, except: 10.1.0.0/16}}", [".ipBlock.except"]),
        ("{ipBlock: {cidr: '::/0', except: [10.0.0.0/8]}}", [".ipBlock.except[0]"]),
        ("{ipBlock: {cidr: '::/0', except: ['fe80::/10']}}", []),
        ("{ipBlock: 10.0.0.0/8}", [".ipBlock"]),
    ],
)
def test_peers(peer: str, fields: list[str]) -> None:
    assert in_peer(peer) == fields


@pytest.mark.parametrize(
    ("block", "fields"),
    [
        ("{cidr: 10.0.0.1/8}", ["cidr"]),
        ("{cidr: 010.0.0.0/8}", ["cidr"]),
        ("{cidr: '::ffff:10.0.0.0/104'}", ["cidr"]),
        ("{cidr: 10.0.0.0/8, except: [10.1.0.1/16]}", ["except[0]"]),
        ("{cidr: 10.0.0.1/8, except: [10.1.0.1/16]}", ["cidr", "except[0]"]),
        ("{cidr: 10.0.0.0/8, except: [10.1.0.0/16]}", []),
        ("{cidr: '2001:0DB8::/32'}", []),
    ],
)
def test_blocks_from_1_36(block: str, fields: list[str]) -> None:
    peer = f"{{ipBlock: {block}}}"
    assert in_peer(peer) == []
    assert in_peer(peer, strict_cidr=True) == [f".ipBlock.{field}" for field in fields]


@pytest.mark.parametrize(
    ("selector", "fields"),
    [
        ("{matchLabels: {app: web, example.com/tier: db}}", []),
        ("{matchLabels: {app: ''}}", []),
        ("{matchLabels: {'a b': web}}", ["matchLabels"]),
        ("{matchLabels: {app: 'a b'}}", ["matchLabels"]),
        ("{matchLabels: {version: 1.2}}", ["matchLabels"]),
        ("{matchLabels: {enabled: true}}", ["matchLabels"]),
        ("{matchLabels: [app]}", ["matchLabels"]),
        ("{matchExpressions: [{key: k, operator: In, values: [a, '']}]}", []),
        ("{matchExpressions: [{key: k, operator: Exists}]}", []),
        ("{matchExpressions: [{key: k, operator: DoesNotExist, values: []}]}", []),
        ("{matchExpressions: [{key: k, operator: In}]}", ["matchExpressions[0].values"]),
        (
            "{matchExpressions: [{key: k, operator: NotIn, values: []}]}",
            ["matchExpressions[0].values"],
        ),
        (
            "{matchExpressions: [{key: k, operator: Exists, values: [a]}]}",
            ["matchExpressions[0].values"],
        ),
        (
            "{matchExpressions: [{key: k, operator: DoesNotExist, values: [a]}]}",
            ["matchExpressions[0].values"],
        ),
        (
            "{matchExpressions: [{key: k, operator: in, values: [a]}]}",
            ["matchExpressions[0].operator"],
        ),
        (
            "{matchExpressions: [{key: k, operator: Gt, values: ['1']}]}",
            ["matchExpressions[0].operator"],
        ),
        (
            "{matchExpressions: [{operator: Exists}, {key: k}]}",
            ["matchExpressions[0].key", "matchExpressions[1].operator"],
        ),
        (
            "{matchExpressions: [{key: k, operator: In, values: [ok, 'not ok']}]}",
            ["matchExpressions[0].values[1]"],
        ),
        (
            "{matchExpressions: [null]}",
            ["matchExpressions[0].key", "matchExpressions[0].operator"],
        ),
    ],
)
def test_selectors(selector: str, fields: list[str]) -> None:
    found = [f"spec.podSelector.{field}" for field in fields]
    assert [
        field.replace("[on]", "") for field in faults(f"podSelector: {yaml_of(selector)}")
    ] == found
    assert in_peer(f"{{namespaceSelector: {yaml_of(selector)}}}") == [
        f".namespaceSelector.{field}" for field in fields
    ]


def yaml_of(selector: str) -> str:
    return selector.replace("{on:", "{'on':")


@pytest.mark.parametrize(
    ("spec", "fields"),
    [
        ("null", []),
        ("{}", []),
        ("{policyTypes: [Ingress, Ingress]}", []),
        ("{policyTypes: [ingress]}", ["spec.policyTypes[0]"]),
        ("{policyTypes: [Ingress, EGRESS]}", ["spec.policyTypes[1]"]),
        ("{policyTypes: [null]}", ["spec.policyTypes[0]"]),
        ("{policyTypes: [Ingress, Egress, Ingress]}", ["spec.policyTypes"]),
        ("{policyTypes: Ingress}", ["spec.policyTypes"]),
        ("{ingress: {}}", ["spec.ingress"]),
        ("{ingress: [{ports: 80}]}", ["spec.ingress[0].ports"]),
        ("{ingress: [{from: {podSelector: {}}}]}", ["spec.ingress[0].from"]),
        ("{egress: [{}, 5]}", ["spec.egress[1]"]),
        ("[]", ["spec"]),
        ("deny", ["spec"]),
    ],
)
def test_specs(spec: str, fields: list[str]) -> None:
    assert faults(spec) == fields


def test_all_faults_are_found_at_once_and_say_what_to_do() -> None:
    with pytest.raises(InvalidManifestError) as caught:
        parse_policy(
            yaml.safe_load(
                """
                metadata: {name: deny, namespace: team}
                spec:
                  policyTypes: [ingress]
                  ingress:
                  - from: [{}]
                  - ports: [{port: "80"}]
                """
            )
        )
    assert str(caught.value).splitlines() == [
        'team/deny: spec.policyTypes[0]: "ingress" is no policy type: write Ingress or Egress',
        (
            "team/deny: spec.ingress[0].from[0]: "
            "must specify a podSelector, a namespaceSelector or an ipBlock"
        ),
        'team/deny: spec.ingress[1].ports[0].port: "80" is text; write the number without quotes',
    ]
