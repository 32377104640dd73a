"""A mistake in a lab file is named with its place, so that an instructor can write one."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from netpol.lab import LABS, LabError, load_lab


def edited(tmp_path: Path, old: str, new: str) -> Path:
    """The lab file with one passage written differently."""
    text = (LABS / "week-06-lab-03.yaml").read_text(encoding="utf-8")
    assert old in text
    shutil.copy(LABS / "week-06-lab-03-solution.yaml", tmp_path)
    path = tmp_path / "x.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def complaint(path: Path) -> str:
    with pytest.raises(LabError) as invalid:
        load_lab(path)
    return str(invalid.value).replace(f"{path.parent}/", "")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "destination: redis, port: 6379, expected: allow",
            "destination: rediss, port: 6379, expected: allow",
            (
                "x.yaml: flows[2].destination: 'rediss' is no entity; entities are gateway, "
                "student-app, redis, uptime-kuma, dns, internet, other-student"
            ),
        ),
        (
            "      - redis to internet HTTPS\n  - key: all-flows",
            "      - redis to the internet\n  - key: all-flows",
            "x.yaml: steps[5].flows[4]: 'redis to the internet' is no flow; flows are Gateway",
        ),
        ("port: 5000, expected", "port: 0, expected", "x.yaml: flows[0].port: must be a number"),
        ("port: 5000, expected", "port: true, expected", "x.yaml: flows[0].port: must be a number"),
        ("protocol: UDP, expected", "protocol: ICMP, expected", "'ICMP' is not one of TCP, UDP"),
        ("expected: allow", "expected: partial", "'partial' is not one of allow, deny"),
        ("expected: allow", "expect: allow", "x.yaml: flows[0].expect: no such field; the fields"),
        (", expected: allow", "", "x.yaml: flows[0]: `expected` is missing"),
        (
            "destination: student-app,",
            "destination: gateway,",
            "x.yaml: flows[0].destination: is the source itself",
        ),
        (
            "name: Gateway to uptime-kuma",
            "name: Gateway to student-app",
            "x.yaml: flows[1]: there is a flow 'Gateway to student-app' already",
        ),
        ("key: dns", "key: baseline", "x.yaml: steps[2]: there is a step 'baseline' already"),
        ("    flows: all\n", "", "x.yaml: steps[6]: needs exactly one of no_policy_selects"),
        ("flows: all", "flows: []", "x.yaml: steps[6].flows: must name a flow"),
        ("every_pod_isolated: true", "every_pod_isolated: false", "steps[1].every_pod_isolated: "),
        ("address: 10.244.0.10", "address: 10.244.0", "x.yaml: entities.gateway.stand_in.address"),
        ("outside: 8.8.8.8", "outside: dns.google", "x.yaml: entities.internet.outside: must be"),
        ("outside: 8.8.8.8", "namespace: x", "x.yaml: entities.internet: `stand_in` is missing"),
        (
            "operator: Exists",
            "operator: Exist",
            "x.yaml: probers.matchExpressions[0].operator: ",
        ),
        ("{app: gateway}", "{app: a gateway}", "x.yaml: entities.gateway.stand_in.labels: "),
        (
            "name: student-{student}-{environment}",
            "name: student-{student}",
            "x.yaml: namespaces.name: must hold {environment} once, not 'student-{student}'",
        ),
        ("reading: app-health", "reading: health", "x.yaml: probes[0].reading: 'health' is not"),
        ("environment: dev\n    reading", "environment: test\n    reading", "'test' is no"),
        (
            "https://{student}.dev",
            "https://dev",
            "x.yaml: probes[0].url: must be an http or https URL that holds {student}",
        ),
        ("      dns: student-app to DNS", "      name: x", "probes[0].flows.name: no such field"),
        ("solution: week", "solution: weak", "x.yaml: solution: weak-06-lab-03-solution.yaml: No"),
        ("environments: [dev, prod]", "environments: dev", "namespaces.environments: must be a"),
        ("environments: [dev, prod]", "environments: []", "must name an environment"),
        ('title: "Lab 3:', 'title: ["Lab 3:', "x.yaml: line "),
        ("  redis:\n    title", "  gateway:\n    title", 'the key "gateway" stands twice'),
    ],
)
def test_a_mistake_is_named_with_its_place(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert message in complaint(edited(tmp_path, old, new))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert complaint(tmp_path / "y.yaml") == "y.yaml: No such file or directory"


def test_a_solution_that_kubernetes_would_refuse_is_refused(tmp_path: Path) -> None:
    path = edited(tmp_path, "Lab 3", "Lab 3")
    solution = tmp_path / "week-06-lab-03-solution.yaml"
    solution.write_text(solution.read_text(encoding="utf-8").replace("port: 5000", "port: 0"))
    assert "solution: week-06-lab-03-solution.yaml: default/allow-gateway-ingress" in complaint(
        path
    )


def test_who_counts_as_stuck_is_said_for_the_lab_or_for_a_step(tmp_path: Path) -> None:
    path = edited(tmp_path, "stuck_after: 15", "stuck_after: 10")
    minutes = {step.key: step.stuck_after for step in load_lab(path).steps}
    assert (minutes["dns"], minutes["kuma"]) == (timedelta(minutes=10), timedelta(minutes=25))
    without = load_lab(edited(tmp_path, "stuck_after: 15\n", ""))
    assert [step.key for step in without.steps if step.stuck_after] == ["kuma"]
    assert "x.yaml: stuck_after: must be a number from 1 to 1440" in complaint(
        edited(tmp_path, "stuck_after: 15", "stuck_after: 0")
    )
