"""Servers that are no cluster, and kubeconfigs that lead to none."""

import os
import ssl
import subprocess
from base64 import b64encode
from pathlib import Path

import pytest
import yaml

from dashboard.collect.cluster import ClusterConnection, ClusterError, open_connection
from tests import make
from tests.apiserver import (
    NAMESPACES,
    POLICIES,
    TOO_MANY,
    Answer,
    ApiServer,
    forbidden,
    kubeconfig,
    status,
    within,
)
from tests.dashboard.reads import ADA, BOB, failures, read, readings
from tests.hostile import answer, serving

pytestmark = pytest.mark.usefixtures("two_students")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(body="<html>Sign in</html>"), "not JSON"),
        (Answer(body="[1, 2]"), "not an object"),
        (Answer(body='{"items": 5}'), "no list of objects"),
        (Answer(body='{"items": [null]}'), "no list of objects"),
        (Answer(body='{"items": [{"metadata": "x"}]}'), "no list of objects"),
        (Answer(body='{"metadata": 5, "items": []}'), "no list of objects"),
        (Answer(body='{"items": [{"metadata": {"name": 5}}]}'), "no list of objects"),
        (Answer(302, "", {"Location": "/sign-in"}), "302"),
        (status(401, "Unauthorized", "Unauthorized"), "has the token expired"),
        (Answer(body='{"items": [', breaks_off=True), "connection broke"),
    ],
)
def test_an_answer_that_is_no_list_says_so(
    server: ApiServer, connection: ClusterConnection, answer: Answer, words: str
) -> None:
    server.instead[NAMESPACES] = [answer]
    with pytest.raises(ClusterError, match=words):
        read(connection)


def test_a_list_without_items_is_empty(server: ApiServer, connection: ClusterConnection) -> None:
    server.instead[POLICIES] = [Answer(body='{"metadata": {}, "items": null}')]
    assert [len(one.manifests) for one in readings(read(connection)).values()] == [0, 0]


def test_a_server_that_hangs_is_given_up(
    server: ApiServer, connection: ClusterConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.collect.cluster.connection.TIMEOUT", (1, 0.1))
    server.instead[NAMESPACES] = [Answer(hangs=True)]
    with pytest.raises(ClusterError, match="silent"):
        read(connection)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [(status(401, "Unauthorized", "Unauthorized"), "token expired"), (TOO_MANY, "overloaded")],
)
def test_what_is_no_fault_of_one_namespace_ends_the_poll(
    server: ApiServer, connection: ClusterConnection, answer: Answer, words: str
) -> None:
    server.instead[POLICIES] = [forbidden(POLICIES)]
    server.instead[within(ADA, POLICIES)] = [answer]
    with pytest.raises(ClusterError, match=words):
        read(connection)


def test_a_token_that_expires_in_the_middle_stops_the_asking(
    server: ApiServer, connection: ClusterConnection
) -> None:
    names = [f"student-s{number}-dev" for number in range(400)]
    server.add(NAMESPACES, *map(make.namespace_manifest, names))
    server.instead[POLICIES] = [forbidden(POLICIES)]
    for name in (ADA, *names):
        server.instead[within(name, POLICIES)] = [status(401, "Unauthorized", "Unauthorized")]
    with pytest.raises(ClusterError, match="token expired"):
        read(connection)
    assert len(server.requests) < 200


def test_a_server_error_about_one_namespace_fails_it_alone(
    server: ApiServer, connection: ClusterConnection
) -> None:
    server.instead[POLICIES] = [forbidden(POLICIES)]
    server.instead[within(BOB, POLICIES)] = [Answer(500, "no luck")]
    reading = read(connection)
    assert [*readings(reading)] == [ADA]
    assert "no luck" in failures(reading)[BOB]
    assert reading.missing_rights == ()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:1", "Is the API server running"),
        ("http://no-such-host.invalid", "address in the kubeconfig"),
    ],
)
def test_a_server_that_is_not_there_says_what_to_look_at(
    tmp_path: Path, url: str, words: str
) -> None:
    with (
        open_connection(kubeconfig(tmp_path / "config", url), None) as nowhere,
        pytest.raises(ClusterError, match=words),
    ):
        read(nowhere)


def test_a_server_without_tls_says_what_to_look_at(server: ApiServer, tmp_path: Path) -> None:
    config = kubeconfig(tmp_path / "config", server.url.replace("http:", "https:"))
    with (
        open_connection(config, None) as plain,
        pytest.raises(ClusterError, match="certificate authority"),
    ):
        read(plain)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "clusters: [",
        "just words",
        "clusters: 5",
        "current-context: gone",
        "{}",
        "current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]",
    ],
)
def test_a_damaged_kubeconfig_is_named(tmp_path: Path, text: str) -> None:
    config = tmp_path / "config"
    config.write_text(text)
    with pytest.raises(ClusterError, match=f"The kubeconfig {config}"):
        open_connection(str(config), None)


def test_a_missing_kubeconfig_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match="none"):
        open_connection(str(tmp_path / "none"), None)


def test_a_context_that_is_not_there_is_named(config: str) -> None:
    with pytest.raises(ClusterError, match="another"):
        open_connection(config, "another")


def with_user(config: str, **user: object) -> str:
    path = Path(config)
    changed = yaml.safe_load(path.read_text())
    changed["users"][0]["user"] = user
    path.write_text(yaml.safe_dump(changed))
    return config


@pytest.mark.parametrize("answer", [forbidden(NAMESPACES), status(401, "Unauthorized", "no")])
def test_a_login_plug_in_that_fails_is_told_where_no_anonymous_may_read(
    server: ApiServer, config: str, answer: Answer
) -> None:
    """The client goes on without credentials, and a missing right is not what is wrong."""
    server.instead[NAMESPACES] = [answer]
    plugin = {"command": "no-such-plug-in", "interactiveMode": "Never"}
    plugin["apiVersion"] = "client.authentication.k8s.io/v1"
    with (
        open_connection(with_user(config, exec=plugin), None) as anonymous,
        pytest.raises(ClusterError, match=r"without credentials.*plug-in"),
    ):
        read(anonymous)


def test_a_token_that_cannot_be_sent_is_not_told_to_anybody(config: str) -> None:
    with (
        open_connection(with_user(config, token="secret\nsecret"), None) as broken,
        pytest.raises(ClusterError, match="line break") as raised,
    ):
        read(broken)
    assert "secret" not in str(raised.value)


def test_a_client_certificate_of_the_kubeconfig_is_shown(config: str, tmp_path: Path) -> None:
    """By a server that lets nobody else in."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"]
    command += ["ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(key), "-out"]
    command += [str(certificate), "-subj", "/CN=poller", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(command, check=True, capture_output=True)
    strict = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificate)
    strict.load_cert_chain(certificate, key)
    strict.verify_mode = ssl.CERT_REQUIRED
    with serving(answer(b'{"metadata": {}, "items": []}'), strict) as secured:
        user = {"client-certificate-data": base64(certificate), "client-key-data": base64(key)}
        path = Path(with_user(config, **user))
        changed = yaml.safe_load(path.read_text())
        changed["clusters"][0]["cluster"] = {
            "server": secured.url.replace("http:", "https:"),
            "certificate-authority-data": base64(certificate),
        }
        path.write_text(yaml.safe_dump(changed))
        with open_connection(config, None) as trusted:
            assert read(trusted).namespaces == ()


def base64(file: Path) -> str:
    return b64encode(file.read_bytes()).decode()


@pytest.mark.skipif("KUBERNETES_SERVICE_HOST" in os.environ, reason="runs in a pod")
def test_without_a_kubeconfig_and_outside_a_pod_it_says_what_to_set() -> None:
    with pytest.raises(ClusterError, match="KUBECONFIG"):
        open_connection(None, None)
