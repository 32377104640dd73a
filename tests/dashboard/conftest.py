"""What several tests share: an API server and a connection to it, a student who looks."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from dashboard import models
from dashboard.collect.cluster import ClusterConnection, open_connection
from tests import make
from tests.apiserver import NAMESPACES, PODS, POLICIES, ApiServer, api_server, kubeconfig
from tests.dashboard.reads import ADA, BOB


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with api_server() as running:
        yield running


@pytest.fixture
def config(server: ApiServer, tmp_path: Path) -> str:
    return kubeconfig(tmp_path / "kubeconfig", server.url)


@pytest.fixture
def connection(config: str) -> Iterator[ClusterConnection]:
    with open_connection(config, None) as connected:
        yield connected


@pytest.fixture
def two_students(server: ApiServer) -> None:
    server.add(NAMESPACES, *map(make.namespace_manifest, [ADA, BOB, "kube-system", "default"]))
    for name in (ADA, BOB):
        server.add(PODS, make.pod_manifest(namespace=name))
        server.add(POLICIES, make.policy(namespace=name))


@pytest.fixture
def namespace(db: None) -> models.Namespace:  # noqa: ARG001  # asked for the database
    """Ada's, which nobody has read yet."""
    return make.namespace()


@pytest.fixture
def ada(client: Client, db: None) -> Client:  # noqa: ARG001  # asked for the database
    """Signed in as the student whose namespace it is."""
    client.force_login(make.user("ada"))
    return client


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With its key, of an authority that is its own, for the lab's hosts in dev."""
    folder = tmp_path_factory.mktemp("tls")
    key, file = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"]
    command += ["ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(key), "-out", str(file)]
    names = "DNS:*.dev.lab.example,DNS:*.dev.lab.shart.cloud"
    command += ["-subj", "/CN=tests", "-addext", f"subjectAltName={names}"]
    subprocess.run(command, check=True, capture_output=True)
    file.write_bytes(key.read_bytes() + file.read_bytes())
    return file
