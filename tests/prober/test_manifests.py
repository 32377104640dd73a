"""The prober's manifests: no rights, never ready, known by the labels of its entity."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from dashboard.active_lab import active_lab
from netpol.evaluate import selector_matches
from netpol.model import Protocol

FOLDER = Path(__file__).parents[2] / "deploy" / "prober"
ENTITIES = ("student-app", "redis", "uptime-kuma")


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


@pytest.fixture
def pod() -> Any:
    return read(FOLDER / "base" / "cronjob.yaml")["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def test_it_has_no_rights_and_passes_the_restricted_pod_security_standard(pod: Any) -> None:
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    (container,) = pod["containers"]
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_it_is_never_ready_so_that_no_service_sends_it_traffic(pod: Any) -> None:
    assert pod["containers"][0]["readinessProbe"]["exec"]["command"] == ["false"]
    assert pod["restartPolicy"] == "Never"


def test_its_message_is_where_the_kubelet_looks(pod: Any) -> None:
    assert pod["containers"][0]["terminationMessagePath"] == "/dev/termination-log"


@pytest.mark.parametrize("entity", ENTITIES)
def test_each_entity_has_a_prober_with_its_labels(entity: str) -> None:
    (patch,) = read(FOLDER / entity / "kustomization.yaml")["patches"]
    job = yaml.safe_load(patch["patch"])["spec"]["jobTemplate"]["spec"]
    labels = job["template"]["metadata"]["labels"]
    selector, probers = active_lab().find_entity(entity).selector, active_lab().probers
    assert selector
    assert probers
    assert selector_matches(selector, labels)
    assert selector_matches(probers, labels)
    assert labels["course.ziyotek.edu/prober"] == entity


def test_every_file_that_kustomize_is_told_of_is_there() -> None:
    assert set(read(FOLDER / "kustomization.yaml")["resources"]) == set(ENTITIES)
    base = read(FOLDER / "base" / "kustomization.yaml")
    files = [*base["resources"], *base["configMapGenerator"][0]["files"]]
    assert all((FOLDER / "base" / file).is_file() for file in files)
    for entity in ENTITIES:
        assert read(FOLDER / entity / "kustomization.yaml")["resources"] == ["../base"]


def test_the_targets_are_the_labs_flows() -> None:
    targets = json.loads((FOLDER / "base" / "targets.json").read_text())
    flows = {
        entity: {flow.name for flow in active_lab().flows if flow.source == entity}
        for entity in ENTITIES
    }
    assert {entity: set(each) for entity, each in targets.items()} == flows
    for flow in active_lab().flows:
        target = targets.get(flow.source, {}).get(flow.name)
        if target and target.get("dns"):
            assert (flow.port, flow.protocol) == (53, Protocol(target["protocol"]))
        elif target and not target.get("service"):
            assert (flow.port, flow.protocol) == (target["port"], Protocol.TCP)
