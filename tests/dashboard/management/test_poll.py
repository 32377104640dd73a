"""`manage.py poll` and `manage.py rbac`, as they are typed."""

import os
import pty
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from dashboard.models import Snapshot
from netpol.parse import Json
from tests import make
from tests.apiserver import NAMESPACES, POLICIES, Answer, ApiServer, forbidden, within

ROOT = Path(__file__).parents[3]
ADA, BOB = "student-ada-dev", "student-bob-dev"


@pytest.fixture(autouse=True)
def two_students(server: ApiServer) -> None:
    server.add(NAMESPACES, *map(make.namespace_manifest, [ADA, BOB]))
    server.add(POLICIES, make.policy(namespace=ADA))


def called(config: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("poll", kubeconfig=config, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.mark.django_db
def test_a_poll_ends_with_a_summary(config: str) -> None:
    out, err = called(config)
    assert out.startswith("2 namespaces: 0 unreadable, 2 with a new snapshot, 0 unchanged (")
    assert "reading namespaces ...\n" in err
    assert "\r" not in err
    assert called(config)[0].startswith("2 namespaces: 0 unreadable, 0 with a new snapshot, 2 unch")
    assert Snapshot.objects.count() == 2


@pytest.mark.django_db
def test_failing_namespaces_are_named_with_their_reasons(server: ApiServer, config: str) -> None:
    server.instead[POLICIES] = [forbidden(POLICIES)]
    server.instead[within(BOB, POLICIES)] = [forbidden(POLICIES, BOB)]
    out, err = called(config)
    assert out.startswith("2 namespaces: 1 unreadable, 1 with a new snapshot")
    assert f"{BOB} cannot be read: The dashboard has no right to list networkpolicies" in err
    assert "resources: [networkpolicies]" in err


@pytest.mark.django_db
def test_a_poll_that_fails_as_a_whole_is_an_error(server: ApiServer, config: str) -> None:
    server.instead[NAMESPACES] = [Answer(500, "broken")]
    with pytest.raises(CommandError, match=r"Nothing was recorded\. .*broken"):
        called(config)


def manage(
    *arguments: str, database: Path, stderr: int = subprocess.PIPE
) -> "subprocess.CompletedProcess[bytes]":
    environment = {**os.environ, "DEBUG": "1", "DATABASE_URL": f"sqlite:///{database}"}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=stderr, check=False
    )


def test_without_tables_it_says_what_to_run_and_makes_nothing(config: str, tmp_path: Path) -> None:
    database = tmp_path / "db.sqlite3"
    ended = manage("poll", "--kubeconfig", config, database=database)
    assert ended.returncode == 1
    assert b"python manage.py migrate" in ended.stderr
    assert not database.exists()


def test_with_a_terminal_it_draws_a_bar_and_a_failure_exits_1(
    server: ApiServer, config: str, tmp_path: Path
) -> None:
    database = tmp_path / "db.sqlite3"
    assert manage("migrate", database=database).returncode == 0
    ours, theirs = pty.openpty()
    ended = manage("poll", "--kubeconfig", config, database=database, stderr=theirs)
    drawn = os.read(ours, 65536).decode()
    assert ended.returncode == 0
    assert b"2 with a new snapshot" in ended.stdout
    assert "\rreading namespaces" in drawn
    assert "[##############################] 2/2" in drawn
    server.instead[NAMESPACES] = [Answer(500, "broken")]
    ended = manage("poll", "--kubeconfig", config, "--context", "class", database=database)
    assert ended.returncode == 1
    assert b"Nothing was recorded." in ended.stderr
    assert b"Traceback" not in ended.stderr


def granted(*arguments: str) -> list[Json]:
    out = StringIO()
    call_command("rbac", *arguments, stdout=out)
    return [*yaml.safe_load_all(out.getvalue())]


def test_rbac_lets_one_service_account_list_and_nothing_else() -> None:
    documents = granted()
    assert [document["kind"] for document in documents] == [
        "Namespace",
        "ServiceAccount",
        "ClusterRole",
        "ClusterRoleBinding",
    ]
    *_, role, binding = documents
    assert {verb for rule in role["rules"] for verb in rule["verbs"]} == {"list"}
    assert {
        "apiGroups": ["networking.k8s.io"],
        "resources": ["networkpolicies"],
        "verbs": ["list"],
    } in role["rules"]
    core = [rule["resources"] for rule in role["rules"] if rule["apiGroups"] == [""]]
    assert core == [["namespaces", "pods", "services"]]
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    assert binding["subjects"] == [
        {"kind": "ServiceAccount", "name": "class-netpol", "namespace": "class-netpol"}
    ]


def test_rbac_by_namespace_hides_pods_and_policies_of_all_others() -> None:
    documents = granted("--namespace", ADA, "--namespace", BOB)
    bindings = [document for document in documents if document["kind"] == "RoleBinding"]
    assert [binding["metadata"]["namespace"] for binding in bindings] == [ADA, BOB]
    roles = {one["metadata"]["name"]: one for one in documents if one["kind"] == "ClusterRole"}
    students = roles[bindings[0]["roleRef"]["name"]]
    assert [rule["resources"] for rule in students["rules"]] == [
        ["pods", "services"],
        ["networkpolicies"],
        ["endpointslices"],
        ["httproutes"],
    ]
    (everywhere,) = (one for one in documents if one["kind"] == "ClusterRoleBinding")
    resources = [rule["resources"] for rule in roles[everywhere["roleRef"]["name"]]["rules"]]
    assert ["namespaces"] in resources
    assert not any("pods" in listed for listed in resources)


def test_rbac_can_be_for_a_user() -> None:
    documents = granted("--user", "ada@example.com")
    assert [document["kind"] for document in documents] == ["ClusterRole", "ClusterRoleBinding"]
    assert documents[-1]["subjects"] == [
        {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "ada@example.com"}
    ]
