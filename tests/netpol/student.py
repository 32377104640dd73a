"""A student's namespace in a test: the lab's solution, with the mistakes that a test is about."""

from collections.abc import Sequence
from pathlib import Path

import yaml

from netpol.assess import Assessment, assess_namespace
from netpol.lab import Lab, load_default_lab
from netpol.model import LabeledNamespace, Pod, UnsupportedPolicy, build_cluster
from netpol.parse import Json, parse_policy

LAB: Lab = load_default_lab()
NAMESPACE = "student-octocat-dev"
DATA = Path(__file__).parent.parent / "data"


def manifests(text: str) -> list[Json]:
    return [manifest for manifest in yaml.safe_load_all(text) if manifest]


def solution(*, without: tuple[str, ...] = (), plus: str = "") -> list[Json]:
    """The lab's solution, less the policies named in `without`, and more those in `plus`."""
    kept = [one for one in LAB.solution if one["metadata"]["name"] not in without]
    return [*kept, *manifests(plus)]


def assessed(
    policies: Sequence[Json],
    pods: tuple[Pod, ...] = (),
    namespace: str = NAMESPACE,
    unsupported: tuple[UnsupportedPolicy, ...] = (),
) -> Assessment:
    cluster = build_cluster(
        [LabeledNamespace(namespace, {"course.ziyotek.edu/student": "octocat"})],
        pods,
        [parse_policy(manifest, namespace=namespace) for manifest in policies],
        unsupported,
    )
    return assess_namespace(LAB, cluster, namespace)


def pod(app: str, name: str = "", namespace: str = NAMESPACE, **labels: str) -> Pod:
    return Pod(namespace, name or f"{app}-7d4b9c-x2x4z", {"app": app, **labels})
