"""Files, folders, standard input and lists."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from netpol.load import LoadedCluster, LoadError, load_cluster

POLICY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny}
spec: {podSelector: {}}
"""


def load(*paths: Path | str, stdin: bytes = b"", **options: Any) -> LoadedCluster:
    return load_cluster([str(path) for path in paths], stdin=io.BytesIO(stdin), **options)


def refused(*paths: Path | str, stdin: bytes = b"") -> list[str]:
    with pytest.raises(LoadError) as caught:
        load(*paths, stdin=stdin)
    return list(caught.value.lines)


def names(loaded: LoadedCluster) -> list[str]:
    cluster = loaded.cluster
    policies = [each for listed in cluster.policies.values() for each in listed]
    return [
        *cluster.namespaces,
        *(f"{pod.namespace}/{pod.name}" for pod in cluster.pods),
        *(f"{policy.namespace}/{policy.name}" for policy in policies),
        *(f"{each.namespace}/{each.kind}" for each in cluster.unsupported),
    ]


def test_folders_are_read_with_all_below_them_in_order(tmp_path: Path) -> None:
    (tmp_path / "b" / "c").mkdir(parents=True)
    for file in ("z.yaml", "b/x.yml", "b/c/y.yaml"):
        (tmp_path / file).write_text(POLICY.replace("deny", Path(file).stem))
    manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team"}}
    (tmp_path / "a.json").write_text(json.dumps(manifest))
    (tmp_path / "notes.txt").write_text("not: [yaml")
    (tmp_path / "folder.yaml").mkdir()
    assert names(load(tmp_path)) == ["team", "default/y", "default/x", "default/z"]


def test_a_file_meant_twice_is_read_once(tmp_path: Path) -> None:
    file = tmp_path / "deny.yaml"
    file.write_text(POLICY)
    assert names(load(tmp_path, file, file)) == ["default/deny"]


def test_standard_input_may_stand_beside_files(tmp_path: Path) -> None:
    (tmp_path / "deny.yaml").write_text(POLICY)
    other = POLICY.replace("deny", "other").encode()
    assert sorted(names(load(tmp_path, "-", stdin=other))) == ["default/deny", "default/other"]


@pytest.mark.parametrize("suffix", ["", ".txt", ".conf"])
def test_a_file_that_is_named_is_read_whatever_its_suffix(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"policy{suffix}"
    file.write_text(POLICY)
    assert names(load(file)) == ["default/deny"]


def test_what_cannot_be_read_is_refused_all_of_it_at_once(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("a: [")
    (tmp_path / "list.yaml").write_text("[1]")
    (tmp_path / "text.yaml").write_text("---\ntext\n---\n5")
    (tmp_path / "empty").mkdir()
    assert refused(tmp_path, tmp_path / "missing", tmp_path / "empty") == [
        f"{tmp_path}/empty: is a folder without any .yaml or .yml or .json file",
        f"{tmp_path}/bad.yaml: line 2: is not YAML: did not find expected node content",
        f"{tmp_path}/list.yaml: document 1 is no Kubernetes object",
        f"{tmp_path}/text.yaml: document 1 is no Kubernetes object",
        f"{tmp_path}/text.yaml: document 2 is no Kubernetes object",
        f"{tmp_path}/missing: cannot be read: No such file or directory",
    ]


def test_a_file_without_an_end_is_refused() -> None:
    assert refused("/dev/zero") == ["/dev/zero: is larger than 256 MiB"]


def item(kind: str | None, name: str, version: str | None, **more: Any) -> dict[str, Any]:
    typed = {"kind": kind, "apiVersion": version} if kind else {}
    return {**typed, "metadata": {"name": name}, **more}


def listed(kind: str, version: str, *items: Any) -> bytes:
    return json.dumps({"kind": kind, "apiVersion": version, "items": items}).encode()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            listed(
                "List",
                "v1",
                item("Namespace", "team", "v1"),
                item("Pod", "web", "v1"),
                item("NetworkPolicy", "deny", "networking.k8s.io/v1"),
                item("Service", "web", "v1"),
                item("Pod", "done", "v1", status={"phase": "Succeeded"}),
            ),
            ["team", "default/web", "default/deny"],
        ),
        (listed("NamespaceList", "v1", item(None, "team", None)), ["team"]),
        (listed("PodList", "v1", item(None, "web", None)), ["default/web"]),
        (
            listed("NetworkPolicyList", "networking.k8s.io/v1", item(None, "deny", None)),
            ["default/deny"],
        ),
        (
            listed("CiliumNetworkPolicyList", "cilium.io/v2", item(None, "deny", None)),
            ["default/CiliumNetworkPolicy"],
        ),
        (listed("ServiceList", "v1", item(None, "web", None)), []),
        (listed("List", "v1"), []),
        (b'{"kind": "List", "apiVersion": "v1", "items": null}', []),
        (
            listed(
                "List",
                "v1",
                {"kind": "PodList", "apiVersion": "v1", "items": [item(None, "a", None)]},
            ),
            ["default/a"],
        ),
    ],
)
def test_lists_count_as_their_items(content: bytes, expected: list[str]) -> None:
    loaded = load("-", stdin=content)
    assert names(loaded) == expected
    assert loaded.warnings == ()


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (listed("List", "v1", 5), "-: document 1, items[0] is no Kubernetes object"),
        (listed("PodList", "v1", []), "-: document 1, items[0] is no Kubernetes object"),
        (b'{"kind": "PodList", "items": {}}', "-: document 1: items must be a list"),
        (
            listed("PodList", "v1", {"metadata": {}}),
            "-: default/(no name): metadata.name: is required",
        ),
        (
            listed("PodList", "v1", {"metadata": {"name": "a\nb"}}),
            '-: default/a\\nb: metadata.name: "a\\nb" must be at most 253 of ',
        ),
        (
            listed("PodList", "v1", item(None, "a", None), item(None, "a", None)),
            "-: default/a: metadata.name: a Pod of this name is already in -",
        ),
    ],
)
def test_faults_of_lists(content: bytes, line: str) -> None:
    (found,) = refused("-", stdin=content)
    assert found.startswith(line)


def test_the_same_object_in_two_files_is_a_fault_and_the_same_name_elsewhere_is_not(
    tmp_path: Path,
) -> None:
    first, second = tmp_path / "1.yaml", tmp_path / "2.yaml"
    first.write_text(POLICY)
    second.write_text(POLICY.replace("name: deny", "name: deny, namespace: other"))
    assert names(load(tmp_path)) == ["default/deny", "other/deny"]
    second.write_text(POLICY.replace("name: deny", "name: deny, namespace: default"))
    assert refused(tmp_path) == [
        f"{second}: default/deny: metadata.name: a NetworkPolicy of this name is already in {first}"
    ]


@pytest.mark.parametrize(
    ("version", "kept", "warning"),
    [
        ("networking.k8s.io/v1", True, None),
        ("extensions/v1beta1", False, "is not networking.k8s.io/v1"),
        ("v1", False, "is not networking.k8s.io/v1"),
        (None, True, "is missing and taken for networking.k8s.io/v1"),
    ],
)
def test_only_networking_v1_is_evaluated(
    version: str | None, warning: str | None, *, kept: bool
) -> None:
    manifest = item("NetworkPolicy", "deny", version)
    loaded = load("-", stdin=json.dumps(manifest).encode())
    assert names(loaded) == (["default/deny"] if kept else [])
    assert len(loaded.warnings) == (warning is not None)
    assert all(f"-: default/deny: apiVersion: {warning}" in line for line in loaded.warnings)


def test_an_object_without_a_kind_is_ignored_with_a_warning() -> None:
    loaded = load("-", stdin=b"metadata: {name: deny}")
    assert names(loaded) == []
    assert loaded.warnings == ("-: default/deny: kind: is missing: the object is ignored",)


def test_the_namespace_of_the_request_is_that_of_objects_that_name_none() -> None:
    pod = b'{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "web"}}'
    assert names(load("-", stdin=pod, namespace="team")) == ["team/web"]
    assert names(load("-", stdin=POLICY.encode(), namespace="team")) == ["team/deny"]


def same(name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return item("NetworkPolicy", name, "networking.k8s.io/v1", spec=spec)


def test_policies_that_say_the_same_share_what_they_say() -> None:
    spec = {"podSelector": {"matchLabels": {"app": "web"}}, "ingress": [{"ports": [{"port": 80}]}]}
    other = {**spec, "ingress": [{"ports": [{"port": 81}]}]}
    content = listed("List", "v1", same("a", spec), same("b", spec), same("c", other))
    one, two, three = load("-", stdin=content).cluster.policies_in("default")
    assert (one.name, two.name, three.name) == ("a", "b", "c")
    assert two.ingress is one.ingress
    assert three.ingress != one.ingress


def test_each_of_two_policies_that_say_the_same_is_warned_of_and_refused() -> None:
    loose = {"ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.1/8"}}]}], "more": 1}
    content = listed("List", "v1", same("a", loose), same("b", loose))
    warnings = load("-", stdin=content).warnings
    assert [line.split(": ")[1:3] for line in warnings] == [
        [f"default/{name}", field]
        for name in "ab"
        for field in ("spec.more", "spec.ingress[0].from[0].ipBlock.cidr")
    ]
    wrong = {"ingress": [{"ports": [{"port": "80"}]}]}
    content = listed("List", "v1", same("a", wrong), same("b", wrong))
    assert [line.split(": ")[1] for line in refused("-", stdin=content)] == [
        "default/a",
        "default/b",
    ]
