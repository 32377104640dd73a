"""The containers' own commands, run here: what a service starts is what this starts.

There is no container engine in the tests. A copy of the files that the Dockerfile copies stands in
for the image, real Redis and PostgreSQL servers for those two services, and the demo's simulated
cluster for a cluster.
"""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import expandvars
import httpx
import pytest
import yaml

from demo.options import format_url, open_socket
from demo.programs import format_kubeconfig as kubeconfig_of
from demo.simulation import START, STUDENTS
from tests.processes import running, wait_until
from tests.servers import free_port, needs_postgresql, postgresql_server, redis_server

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = ("web", "worker", "prober", "beat")

Service = dict[str, Any]


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_every_service_runs_unprivileged_is_checked_and_has_a_pinned_image() -> None:
    services = compose()["services"]
    assert set(services) == {"migrate", *OURS, "redis", "postgres"}
    for name, service in services.items():
        assert re.fullmatch(
            r"[\w.-]+(/[\w.-]+)*:[\w.-]*\d[\w.-]*|network-health:local", service["image"]
        )
        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", expand(service["user"], {})), name
        assert service["cap_drop"] == ["ALL"], name
        assert service["read_only"], name
        assert name == "migrate" or service["healthcheck"]["test"], name


def test_the_image_is_pinned_and_runs_unprivileged() -> None:
    assert re.search(r"^FROM python:3\.11\.\d+-[\w-]+$", DOCKERFILE, re.MULTILINE)
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", DOCKERFILE, re.MULTILINE)


def test_no_address_or_secret_stands_in_the_services_themselves() -> None:
    for name in OURS:
        for variable, value in compose()["services"][name]["environment"].items():
            assert value.startswith("${"), f"{name}: {variable}"


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `docker build` would put into the image: the COPY lines, then the RUN that collects."""
    folder = tmp_path_factory.mktemp("image")
    for source, target in re.findall(r"^COPY (\S+) (\S+)$", DOCKERFILE, re.MULTILINE):
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, folder / target)
        else:
            shutil.copy(ROOT / source, folder / target)
    (collect,) = re.findall(r"^RUN (SECRET_KEY=.*)$", DOCKERFILE, re.MULTILINE)
    subprocess.run(collect, shell=True, check=True, cwd=folder, env=outside())
    return folder


def outside(**variables: str) -> dict[str, str]:
    """The environment of the person who starts it, with this Python's programs first."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "HOSTNAME": socket.gethostname(), **variables}


def environment_of(service: Service, given: Mapping[str, str]) -> dict[str, str]:
    return {
        **outside(),
        **{name: expand(value, given) for name, value in service["environment"].items()},
    }


def expand(text: str, given: Mapping[str, str]) -> str:
    """As compose interpolates: `$$` is a dollar sign that the container's own shell gets."""
    return "$".join(expandvars.expand(part, environ=given) for part in text.split("$$"))


def command_of(service: Service, given: Mapping[str, str]) -> list[str]:
    return [expand(word, given) for word in service["command"]]


def is_healthy(service: Service, given: Mapping[str, str], folder: Path) -> bool:
    kind, *test = [expand(word, given) for word in service["healthcheck"]["test"]]
    command: Any = test[0] if kind == "CMD-SHELL" else test
    done = subprocess.run(
        command,
        shell=kind == "CMD-SHELL",
        env=environment_of(service, given),
        cwd=folder,
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


@contextlib.contextmanager
def simulated_cluster(folder: Path) -> Iterator[Path]:
    """Yields a kubeconfig for it."""
    with open_socket(0) as opened:
        kubeconfig = folder / "kubeconfig"
        kubeconfig.write_text(kubeconfig_of(format_url(opened)))
        command = [
            sys.executable,
            "-m",
            "demo.serve",
            "demo.simulation:create_api_server",
            str(opened.fileno()),
        ]
        started = {START: datetime.now(UTC).isoformat(), STUDENTS: "3"}
        descriptors = [opened.fileno()]
        with running(command, cwd=ROOT, env=outside(**started), pass_fds=descriptors):
            yield kubeconfig


@needs_postgresql
def test_the_services_commands_bring_a_polled_namespace_to_the_class_board(
    image: Path, tmp_path: Path
) -> None:
    services = compose()["services"]
    address = f"127.0.0.1:{free_port()}"
    with contextlib.ExitStack() as stack:
        given = {
            "SECRET_KEY": "tests " * 10,
            "POSTGRES_PASSWORD": "unused",
            "DATABASE_URL": stack.enter_context(postgresql_server()),
            "REDIS_URL": stack.enter_context(redis_server()),
            "KUBECONFIG_IN_CONTAINER": str(stack.enter_context(simulated_cluster(tmp_path))),
            "BIND": address,
            "HEALTH": address,
            "BASE_URL": f"http://{address}",
            "ALLOWED_HOSTS": "class.example",
            "BEAT_SCHEDULE": str(tmp_path / "schedule"),
            "POLL_SECONDS": "2",
            "PROBE_GATEWAY": "http://127.0.0.1:9",
        }
        migrate = services["migrate"]
        subprocess.run(
            command_of(migrate, given),
            check=True,
            cwd=image,
            env=environment_of(migrate, given),
            stdout=subprocess.DEVNULL,
        )
        for name in OURS:
            stack.enter_context(service_running(services[name], given, image, tmp_path / name))
        for name in OURS:
            wait_until(partial(is_healthy, services[name], given, image), name)
        with httpx.Client(base_url=given["BASE_URL"], follow_redirects=True) as browser:
            enrolled = enrol(services["web"], given, image)
            sign_in(browser, enrolled)
            wait_until(lambda: 'href="/n/student-' in browser.get("/").text, "a polled namespace")
            assert browser.get("/system/").status_code == 200


@contextlib.contextmanager
def service_running(
    service: Service, given: Mapping[str, str], folder: Path, log: Path
) -> Iterator[None]:
    with log.open("wb") as out:
        environment = environment_of(service, given)
        command = command_of(service, given)
        with running(command, cwd=folder, env=environment, stdout=out, stderr=out):
            yield
    assert b"Traceback" not in log.read_bytes(), log.read_text()


def enrol(service: Service, given: Mapping[str, str], folder: Path) -> str:
    """The one-time link for an instructor, made where the web service runs."""
    printed = subprocess.run(
        ["python", "manage.py", "enrol", "--staff", "teacher"],
        check=True,
        cwd=folder,
        env=environment_of(service, given),
        capture_output=True,
        text=True,
    ).stdout
    (link,) = re.findall(r"http://\S+/welcome/\S+", printed)
    return str(link)


def sign_in(browser: httpx.Client, link: str) -> None:
    form = browser.get(link)
    (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', form.text))
    password = "correct horse battery staple"  # of a test account
    fields = {"csrfmiddlewaretoken": token, "new_password1": password, "new_password2": password}
    assert browser.post(form.url, data=fields).status_code == 200
