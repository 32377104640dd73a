"""The processes of a demo, and the files and environment that tie them together."""

import os
import secrets
import shlex
import shutil
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

from demo.apiserver.access import ApiAccount
from demo.classroom.roster import create_students
from demo.options import DemoOptions, format_url, open_socket, reserve_port
from demo.processes import ROOT, DemoProgram
from demo.public.status_page import metrics_key
from demo.simulation import START, STUDENTS

CONTEXTS = {"demo": ApiAccount.DASHBOARD, "demo-auditor": ApiAccount.AUDITOR}
"""The kubeconfig's contexts. The second may read the policies of every namespace."""
WORKER = """-m demo.worker --app config worker --queues polls,probes --concurrency 4 --beat
    --hostname demo@%h --without-gossip --without-mingle --loglevel INFO"""
"""One worker polls and probes, and schedules both."""

# Settings of the caller's environment that must not change the demo.
FOREIGN = {
    "CNI_PROFILE",
    "CSRF_TRUSTED_ORIGINS",
    "DEBUG",
    "HTTPS",
    "LAB_FILE",
    "PROBE_ALLOWED_NETWORKS",
    "PYTEST_VERSION",
    "TRUST_PROXY",
}


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """The programs of a demo, in the order in which they start."""

    url: str
    folder: Path
    servers: Sequence[DemoProgram]
    preparation: DemoProgram
    product: Sequence[DemoProgram]


def plan_demo(options: DemoOptions) -> DemoPlan:
    """Lay out a new demo in place of the last one on this port. Raises `UnusableError`.

    Each port has a folder of its own, so that two demos can run beside each other.
    """
    web, api, public = reserve_port(options.port), open_socket(0), open_socket(0)
    folder = ROOT / "var" / "demo" / str(options.port)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    (folder / "kubeconfig").write_text(format_kubeconfig(format_url(api)))
    changed = _build_environment(options) | {
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "REDIS_URL": _configure_redis(folder),
        "KUBECONFIG": str(folder / "kubeconfig"),
        "PROBE_GATEWAY": format_url(public),
        "KUMA_KEYS": str(_write_kuma_keys(folder, options.students)),
    }
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in changed.items()]
    (folder / "environment").write_text("".join(lines))
    environment = {name: os.environ[name] for name in os.environ.keys() - FOREIGN} | changed

    def plan_server(name: str, factory: str, opened: socket.socket) -> DemoProgram:
        command = (sys.executable, "-m", "demo.serve", factory, str(opened.fileno()))
        return DemoProgram(name, command, environment, opened)

    redis = (str(Path(sys.executable).with_name("redis-server")), f"{folder}/redis.conf")
    prepare = (sys.executable, "-m", "demo.prepare")
    worker = (sys.executable, *WORKER.split(), "--schedule", f"{folder}/beat")
    return DemoPlan(
        f"http://127.0.0.1:{options.port}/",
        folder,
        (
            DemoProgram("redis", redis, environment),
            plan_server("cluster", "demo.simulation:create_api_server", api),
            plan_server("public", "demo.simulation:create_public_server", public),
        ),
        DemoProgram("preparation", prepare, environment, ends=True),
        (
            plan_server("web", "demo.serve:create_web_application", web),
            DemoProgram("worker", worker, environment),
        ),
    )


def _build_environment(options: DemoOptions) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "demo.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "BASE_URL": f"http://127.0.0.1:{options.port}",
        "KUBE_CONTEXT": "demo",
        "POLL_SECONDS": "10",
        "PROBE_SECONDS": "30",
        "PROBE_VANTAGE": "demo",
        # Celery's own switch: end at once instead of after a probe that waits for 20 seconds.
        "REMAP_SIGTERM": "SIGQUIT",
        START: datetime.now(UTC).isoformat(),
        STUDENTS: str(options.students),
    }


def _configure_redis(folder: Path) -> str:
    """Write the configuration of Redis, in a folder that nobody else may read. Return its URL."""
    password = secrets.token_urlsafe(24)
    with open_socket(0) as free:
        port = free.getsockname()[1]
    settings = ["bind 127.0.0.1", f"port {port}", f"requirepass {password}", 'save ""']
    (folder / "redis.conf").write_text("\n".join([*settings, f"dir {folder}", ""]))
    return f"redis://:{password}@127.0.0.1:{port}/0"


def _write_kuma_keys(folder: Path, size: int) -> Path:
    """Write a key of every fifth student's Uptime Kuma, as if they had given it."""
    keys = {student.login: metrics_key(student) for student in create_students(size)[::5]}
    file = folder / "kuma-keys.yaml"
    file.write_text(yaml.safe_dump(keys))
    return file


def format_kubeconfig(server: str) -> str:
    """A kubeconfig for any client of Kubernetes, with a context for each account."""
    contexts = [{"name": name, "context": {"cluster": "demo", "user": name}} for name in CONTEXTS]
    users = [{"name": name, "user": {"token": who.value}} for name, who in CONTEXTS.items()]
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "demo",
            "clusters": [{"name": "demo", "cluster": {"server": server}}],
            "contexts": contexts,
            "users": users,
        },
        sort_keys=False,
    )
