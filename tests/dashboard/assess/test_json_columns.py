"""What goes into JSON columns comes back the same."""

import json

import pytest
from pydantic import ValidationError

from dashboard.active_lab import active_lab
from dashboard.assess import json_columns as stored
from netpol.assess import Assessment, assess_namespace
from netpol.model import ContainerPort, Protocol, build_cluster
from netpol.parse import parse_policy
from tests import make

PORT = ContainerPort("http", 5000, Protocol.TCP)


def assessment() -> Assessment:
    policies = [parse_policy(manifest, namespace="student-ada-dev") for manifest in make.solution()]
    cluster = build_cluster([make.kubernetes_namespace()], [make.pod()], policies)
    return assess_namespace(active_lab(), cluster, "student-ada-dev")


def test_an_assessment_comes_back_through_text() -> None:
    text = json.dumps(stored.dump_assessment(assessment()))
    assert stored.parse_assessment(json.loads(text)) == assessment()


def test_an_assessment_of_another_shape_is_refused() -> None:
    with pytest.raises(ValidationError):
        stored.parse_assessment({"lab": "week-06-lab-03"})


def test_pods_of_one_shape_are_one() -> None:
    hashed = {"app": "student-app", "pod-template-hash": "5f"}
    shapes = stored.dump_shapes(
        [
            make.pod("a", labels=hashed, ports=(PORT,)),
            make.pod("b", ports=(PORT,)),
            make.pod("c", host_network=True),
        ]
    )
    (on_host, one) = sorted(
        stored.load_shapes(json.loads(json.dumps(shapes)), "student-ada-dev"),
        key=lambda pod: not pod.host_network,
    )
    assert (one.labels, one.ports, one.host_network) == ({"app": "student-app"}, (PORT,), False)
    assert (on_host.ports, on_host.host_network) == ((), True)


def test_the_identity_of_a_state_knows_no_order() -> None:
    pods = [make.pod("a"), make.pod("b", labels={"app": "redis"})]
    policies = make.solution()
    forward = make.state_of(*policies, pods=pods)
    assert make.state_of(*reversed(policies), pods=pods[::-1]).digest == forward.digest


def test_equal_work_of_two_students_has_one_identity() -> None:
    ada, bob = make.kubernetes_namespace("ada"), make.kubernetes_namespace("bob", "prod")
    assert (
        make.state_of(*make.solution(), namespace=ada).digest
        == make.state_of(*make.solution(), namespace=bob).digest
    )
