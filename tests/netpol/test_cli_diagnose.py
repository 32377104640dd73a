"""`python -m netpol diagnose`, `repair`, `check` and `explain`, as they are typed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from netpol.cli import main
from tests.netpol.mistakes import Manifest, solution

NAMESPACE = "student-ada-dev"
Write = Callable[..., str]
EGRESS = 'spec.egress[0].to[0].namespaceSelector.matchLabels["kubernetes.io/metadata.name"]'


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(*manifests: Manifest, name: str = "policies.yaml") -> str:
        file = tmp_path / name
        file.write_text(yaml.safe_dump_all(manifests, sort_keys=False))
        return str(file)

    return written


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def answered(command: str, *arguments: str, lab: str = "week-06-lab-03") -> tuple[int, str]:
        status = main([command, lab, *arguments, "--namespace", NAMESPACE])
        said = capsys.readouterr()
        return status, said.out or said.err

    return answered


Run = Callable[..., tuple[int, str]]


def broken() -> list[Manifest]:
    manifests = solution()
    namespaces = manifests[1]["spec"]["egress"][0]["to"][0]["namespaceSelector"]
    namespaces["matchLabels"]["kubernetes.io/metadata.name"] = "kube-sytem"
    return manifests


def test_a_diagnosis_is_a_contract_for_machines(write: Write, run: Run) -> None:
    status, said = run("diagnose", "-f", write(*broken()), "-o", "json")
    answer: dict[str, Any] = json.loads(said)
    assert status == 0
    assert set(answer) == {"flows", "causes", "findings"}
    (cause,) = answer["causes"]
    assert set(cause) == {"code", "side", "namespace", "policy", "path", "flows", "message"}
    assert (cause["side"], cause["namespace"]) == ("egress", NAMESPACE)
    assert (cause["policy"], cause["path"]) == ("allow-dns-egress", EGRESS)
    assert len(cause["flows"]) == 6
    flows = {flow["name"]: flow for flow in answer["flows"]}
    assert flows["redis to DNS"] == {
        "name": "redis to DNS",
        "expected": "allow",
        "predicted": "deny",
        "causes": [cause],
    }
    assert flows["Gateway to redis"]["causes"] == []
    assert "NP103" in {finding["code"] for finding in answer["findings"]}


def test_what_is_missing_has_no_policy_and_no_path(write: Write, run: Run) -> None:
    _, said = run("diagnose", "-f", write(*solution()[:4], *solution()[5:]), "-o", "json")
    (cause,) = json.loads(said)["causes"]
    assert (cause["policy"], cause["path"], cause["side"]) == (None, None, "ingress")
    assert cause["flows"] == ["student-app to redis"]
    assert cause["message"] == (
        "student-app may send it, but redis may not receive TCP 6379 from student-app: an ingress "
        "rule on redis is missing. Both sides have to allow it."
    )


def line_with(file: str, words: str) -> int:
    lines = Path(file).read_text().splitlines()
    return next(number for number, text in enumerate(lines, 1) if words in text)


def test_the_text_points_at_the_line(write: Write, run: Run) -> None:
    file = write(*broken())
    _, said = run("diagnose", "-f", file)
    assert f"egress, {file}:{line_with(file, 'kube-sytem')}" in said
    assert "12 of 18 flows are as the lab wants them." in said


def test_a_repair_is_a_contract_too(write: Write, run: Run) -> None:
    status, said = run("repair", "-f", write(*broken()), "-o", "json")
    answer = json.loads(said)
    assert (status, set(answer)) == (0, {"edits", "delete", "policies"})
    (edit,) = answer["edits"]
    assert set(edit) == {"policy", "path", "before", "after", "opens", "closes"}
    assert (edit["path"], edit["before"], edit["after"]) == (EGRESS, "kube-sytem", "kube-system")
    assert len(answer["policies"]) == 7


def test_a_new_policy_is_one_edit_and_one_that_goes_is_named(write: Write, run: Run) -> None:
    harmful = solution()[0] | {"metadata": {"name": "debug"}}
    harmful["spec"] = {"podSelector": {}, "egress": [{}], "policyTypes": ["Egress"]}
    _, said = run("repair", "-f", write(*solution()[:4], *solution()[5:], harmful), "-o", "json")
    answer = json.loads(said)
    created = [edit for edit in answer["edits"] if edit["before"] is None]
    assert [(edit["policy"], edit["path"]) for edit in created] == [("allow-redis-from-app", "")]
    assert created[0]["after"]["spec"]["podSelector"] == {"matchLabels": {"app": "redis"}}
    assert answer["delete"] == ["debug"]
    assert "debug" not in {each["metadata"]["name"] for each in answer["policies"]}


def test_a_repair_as_text_is_a_difference_and_as_yaml_goes_to_kubectl(
    write: Write, run: Run
) -> None:
    file = write(*broken())
    _, said = run("repair", "-f", file)
    assert "\n-          kubernetes.io/metadata.name: kube-sytem\n" in said
    assert "\n+          kubernetes.io/metadata.name: kube-system\n" in said
    _, manifests = run("repair", "-f", file, "-o", "yaml")
    mended = write(*yaml.safe_load_all(manifests), name="mended.yaml")
    assert run("check", "-f", mended)[0] == 0


@pytest.mark.parametrize("command", ["diagnose", "repair"])
def test_an_invalid_policy_is_a_finding_and_no_failure(
    command: str, write: Write, run: Run
) -> None:
    manifests = solution()
    manifests[1]["spec"]["egress"][0]["ports"][0]["port"] = "99999"
    status, said = run(command, "-f", write(*manifests), "-o", "json")
    assert status == 0
    if command == "diagnose":
        assert json.loads(said)["findings"][0]["code"] == "NP001"


@pytest.mark.parametrize("command", ["diagnose", "repair", "check"])
def test_what_cannot_be_used_is_refused(
    command: str, write: Write, run: Run, tmp_path: Path
) -> None:
    assert run(command, "-f", write(), lab="week-99")[0] == 2
    text = tmp_path / "text.yaml"
    text.write_text("a: [")
    status, said = run(command, "-f", str(text))
    assert (status, "line 1" in said or "line 2" in said) == (2, True)


def test_a_lab_can_be_named_by_its_path(write: Write, run: Run) -> None:
    status, _ = run("check", "-f", write(*solution()), lab="labs/week-06-lab-03.yaml")
    assert status == 0


def test_check_fails_with_status_1_in_every_form(write: Write, run: Run) -> None:
    file = write(*broken())
    for form in ("text", "json", "junit", "github"):
        status, said = run("check", "-f", file, "-o", form)
        assert status == 1, form
    assert said.splitlines()[0].startswith(f"::error file={file},line=")
    suite = ET.fromstring(run("check", "-f", file, "-o", "junit")[1])
    assert (suite.get("tests"), suite.get("failures")) == ("18", "6")
    assert json.loads(run("check", "-f", file, "-o", "json")[1])["passed"] is False


def test_annotations_hold_nothing_that_ends_them(write: Write, run: Run) -> None:
    """A name is the student's, and a line break would begin a command of theirs."""
    manifests = solution()
    manifests[1]["spec"]["egress"][0]["ports"][0]["protocol"] = "udp\n::set-output::100%"
    _, said = run("check", "-f", write(*manifests), "-o", "github")
    assert "\n::set-output" not in said


def test_the_drill_is_judged_by_meaning(write: Write, run: Run) -> None:
    drill = [
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": "mine"},
            "spec": {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"ports": [port]}]},
        }
        for port in ({"protocol": "UDP", "port": 54}, {"protocol": "UDP", "port": 53})
    ]
    lab = "jerry-networkpolicy-dns"
    assert [run("check", "-f", write(each), lab=lab)[0] for each in drill] == [1, 0]


def test_explain_says_both_sides_of_one_connection(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    pods = [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": "shop", "labels": {"app": name}},
        }
        for name in ("web", "db")
    ]
    policy = solution()[3] | {"metadata": {"name": "web", "namespace": "shop"}}
    policy["spec"]["podSelector"] = {"matchLabels": {"app": "web"}}
    policy["spec"]["egress"][0]["to"] = [{"podSelector": {"matchLabels": {"app": "db"}}}]
    file = write(*pods, policy)
    ends = ["-f", file, "--from", "shop/web", "--to", "shop/db", "--port", "5432"]
    assert main(["explain", *ends]) == 0
    said = capsys.readouterr().out
    assert said.startswith("DENY  Blocked at shop/web: `web` isolates shop/web for egress")
    assert "it admits shop/db on TCP 6379, not on TCP 5432" in said
    assert "shop/db may receive it" in said
    short = ["-f", file, "--namespace", "shop", "--from", "web", "--to", "db", "--port", "5432"]
    assert main(["explain", *short]) == 0
    assert capsys.readouterr().out.startswith("DENY  Blocked at web: `web` isolates")
    assert main(["explain", *ends, "-o", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["outcome"], answer["egress"]["outcome"]) == ("deny", "deny")
    assert answer["egress"]["nearest"] == {
        "policy": "web",
        "path": "spec.egress[0].ports[0].port",
        "file": file,
        "line": line_with(file, "port: 6379"),
        "misses": "port",
    }
    assert f"nearest is   {file}:{line_with(file, 'port: 6379')}  web spec.egress[0]" in said
    assert answer["ingress"]["outcome"] == "allow"
    assert main(["explain", "-f", file, "--from", "shop/x", "--to", "8.8.8.8", "--port", "1"]) == 2
    assert "pods are shop/db, shop/web" in capsys.readouterr().err


def test_lines_are_found_in_folders_and_by_namespace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every namespace may have a policy of this name, and other kinds may be called so too."""
    pods = [
        {"kind": "Pod", "metadata": {"name": "a", "namespace": each}} for each in ("one", "two")
    ]
    for number, space in enumerate(("one", "two")):
        policy = {
            "kind": "NetworkPolicy",
            "metadata": {"name": "deny", "namespace": space},
            "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
        }
        service = {"kind": "Service", "metadata": {"name": "deny", "namespace": space}}
        manifests = [each | {"apiVersion": "v1"} for each in (pods[number], policy, service)]
        manifests[1]["apiVersion"] = "networking.k8s.io/v1"
        (tmp_path / f"{space}.yaml").write_text(yaml.safe_dump_all(manifests, sort_keys=False))
    ends = ["--from", "one/a", "--to", "two/a", "--port", "80"]
    assert main(["explain", "-f", str(tmp_path), *ends, "-o", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    for side, file in (("egress", "one.yaml"), ("ingress", "two.yaml")):
        (place,) = answer[side]["isolating_at"]
        found = str(tmp_path / file)
        assert (place["file"], place["line"]) == (found, line_with(found, "podSelector"))
