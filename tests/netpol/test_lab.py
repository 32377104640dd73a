"""What the first lab file says."""

import pytest
import yaml

from netpol.lab import NamespaceOwner, load_default_lab
from netpol.model import Outcome, Pod, Protocol
from tests.netpol.student import DATA, LAB


def test_the_reported_flows_are_those_of_the_course_in_its_order() -> None:
    published = yaml.safe_load((DATA / "course-results.json").read_text(encoding="utf-8"))["flows"]
    assert [
        (flow.name, flow.source, flow.destination, flow.port, flow.protocol, flow.expected)
        for flow in LAB.reported_flows
    ] == [
        (
            flow["name"],
            flow["source"],
            flow["destination"],
            flow["port"],
            flow["protocol"],
            Outcome.ALLOW if flow["should_work_after_policy"] else Outcome.DENY,
        )
        for flow in published
    ]


def test_six_more_flows_are_meant_but_not_reported() -> None:
    more = {
        (flow.name, flow.port, flow.protocol, flow.expected)
        for flow in LAB.flows
        if not flow.is_reported
    }
    tcp, allow, deny = Protocol.TCP, Outcome.ALLOW, Outcome.DENY
    assert more == {
        ("student-app to DNS over TCP", 53, tcp, allow),
        ("redis to DNS over TCP", 53, tcp, allow),
        ("uptime-kuma to DNS over TCP", 53, tcp, allow),
        ("uptime-kuma to internet HTTP", 80, tcp, allow),
        ("Other student to student-app", 5000, tcp, deny),
        ("Other student to redis", 6379, tcp, deny),
    }


def test_steps_are_the_nine_parts_in_order_and_only_the_baseline_passes() -> None:
    assert [(step.part, step.key) for step in LAB.steps] == list(
        enumerate(
            [
                "baseline",
                "default-deny",
                "dns",
                "gateway",
                "app-redis",
                "kuma",
                "all-flows",
                "committed",
                "charts",
            ],
            start=1,
        )
    )
    assert [step.key for step in LAB.steps if not step.is_lasting] == ["baseline"]


def test_stand_ins_move_to_the_students_namespace_or_stay_in_their_own() -> None:
    homes = {
        entity.name: end.namespace
        for entity in LAB.entities
        if isinstance(end := entity.placeholder_in("student-octocat-dev"), Pod)
    }
    assert homes == {
        "gateway": "kube-system",
        "student-app": "student-octocat-dev",
        "redis": "student-octocat-dev",
        "uptime-kuma": "student-octocat-dev",
        "dns": "kube-system",
        "other-student": "student-other-dev",
    }


STUDENT, ENVIRONMENT = "course.ziyotek.edu/student", "course.ziyotek.edu/environment"


@pytest.mark.parametrize(
    ("name", "labels", "owner"),
    [
        ("student-octocat-dev", {}, NamespaceOwner("octocat", "dev")),
        ("student-octocat-prod", {}, NamespaceOwner("octocat", "prod")),
        ("student-a-b-dev", {}, NamespaceOwner("a-b", "dev")),
        ("student-a-dev-prod", {}, NamespaceOwner("a-dev", "prod")),
        ("student-a-dev-dev", {}, NamespaceOwner("a-dev", "dev")),
        ("student-octocat-dev", {STUDENT: "Octo-Cat"}, NamespaceOwner("Octo-Cat", "dev")),
        ("student-octocat-dev", {ENVIRONMENT: "prod"}, NamespaceOwner("octocat", "prod")),
        ("student-octocat-dev", {STUDENT: "", ENVIRONMENT: ""}, NamespaceOwner("octocat", "dev")),
        ("team-7", {STUDENT: "mona", ENVIRONMENT: "dev"}, NamespaceOwner("mona", "dev")),
        ("team-7", {STUDENT: "mona"}, None),
        ("student-octocat-dev", {ENVIRONMENT: "staging"}, None),
        ("student-octocat", {}, None),
        ("student--dev", {}, None),
        ("student-octocat-dev-2", {}, None),
        ("my-student-octocat-dev", {}, None),
        ("kube-system", {}, None),
    ],
)
def test_labels_win_over_the_name(
    name: str, labels: dict[str, str], owner: NamespaceOwner | None
) -> None:
    assert LAB.namespaces.find_owner(name, labels) == owner


def test_probe_addresses_are_made_for_a_student() -> None:
    assert [probe.url_for("octocat") for probe in LAB.probes] == [
        "https://octocat.dev.lab.shart.cloud/health",
        "https://octocat.dev.lab.shart.cloud/visits",
        "https://octocat.prod.lab.shart.cloud/health",
        "https://octocat.status.lab.shart.cloud/",
    ]


def test_a_lab_is_named_like_its_file() -> None:
    assert load_default_lab().name == "week-06-lab-03"
