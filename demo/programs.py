"""The processes of a demo, and the files and environment that tie them together."""

import os
import secrets
import shlex
import shutil
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

from demo.apiserver.access import ApiAccount
from demo.classroom.roster import create_students
from demo.options import DemoOptions, DemoSockets, format_url, open_socket
from demo.processes import DemoProgram
from demo.public.status_page import metrics_key
from demo.simulation import START, STUDENTS

ROOT = Path(__file__).resolve().parent.parent
CONTEXTS = {"demo": ApiAccount.DASHBOARD, "demo-auditor": ApiAccount.AUDITOR}
"""The second one may read the policies of every namespace, for comparing the two."""

# What would change the product's settings, and is the caller's own business.
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
    options: DemoOptions
    sockets: DemoSockets
    folder: Path
    kubeconfig: Path
    environment: Mapping[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.options.port}/"

    @property
    def redis_server(self) -> DemoProgram:
        server = Path(sys.executable).with_name("redis-server")
        return self._plan_program("redis", f"{server}", f"{self.folder}/redis.conf")

    @property
    def api_server(self) -> DemoProgram:
        return self._plan_server("cluster", "demo.simulation:create_api_server", self.sockets.api)

    @property
    def public_server(self) -> DemoProgram:
        return self._plan_server(
            "public", "demo.simulation:create_public_server", self.sockets.public
        )

    @property
    def preparation_script(self) -> DemoProgram:
        return self._plan_program("preparation", sys.executable, "-m", "demo.prepare", ends=True)

    @property
    def web_server(self) -> DemoProgram:
        return self._plan_server("web", "demo.serve:create_web_application", self.sockets.web)

    @property
    def celery_worker(self) -> DemoProgram:
        """Polls and probes on one worker, which also keeps the time."""
        command = f"""-m demo.worker --app config worker --queues polls,probes --concurrency 4
            --beat --schedule {self.folder}/beat --hostname demo@%h
            --without-gossip --without-mingle --loglevel INFO"""
        return self._plan_program("worker", sys.executable, *command.split())

    def _plan_server(self, name: str, factory: str, opened: socket.socket) -> DemoProgram:
        descriptor = opened.fileno()
        command = (sys.executable, "-m", "demo.serve", factory, str(descriptor))
        return DemoProgram(name, command, self.environment, ROOT, (descriptor,))

    def _plan_program(self, name: str, *command: str, ends: bool = False) -> DemoProgram:
        return DemoProgram(name, command, self.environment, ROOT, ends=ends)


def plan_demo(choices: DemoOptions, sockets: DemoSockets) -> DemoPlan:
    """Lay out a new demo, in place of the one that used this port before.

    Each port has a folder of its own, so that two demos do not meddle with each other.
    """
    folder = ROOT / "var" / "demo" / str(choices.port)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    credentials = folder / "kubeconfig"
    credentials.write_text(format_kubeconfig(format_url(sockets.api)))
    own = _build_environment(choices) | {
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "REDIS_URL": _configure_redis(folder),
        "KUBECONFIG": str(credentials),
        "PROBE_GATEWAY": format_url(sockets.public),
        "KUMA_KEYS": str(_write_kuma_keys(folder, choices.students)),
    }
    written = folder / "environment"
    written.write_text("".join(f"export {key}={shlex.quote(own[key])}\n" for key in own))
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return DemoPlan(choices, sockets, folder, credentials, kept | own)


def _build_environment(choices: DemoOptions) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "demo.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "BASE_URL": f"http://127.0.0.1:{choices.port}",
        "KUBE_CONTEXT": "demo",
        "POLL_SECONDS": "10",
        "PROBE_SECONDS": "30",
        "PROBE_VANTAGE": "demo",
        # Celery's own switch: end at once instead of after a probe that waits for 20 seconds.
        "REMAP_SIGTERM": "SIGQUIT",
        START: datetime.now(UTC).isoformat(),
        STUDENTS: str(choices.students),
    }


def _configure_redis(folder: Path) -> str:
    """Write its configuration, which nobody else may read; return its URL."""
    password = secrets.token_urlsafe(24)
    with open_socket(0) as free:
        port = free.getsockname()[1]
    settings = ["bind 127.0.0.1", f"port {port}", f"requirepass {password}", 'save ""']
    (folder / "redis.conf").write_text("\n".join([*settings, f"dir {folder}", ""]))
    return f"redis://:{password}@127.0.0.1:{port}/0"


def _write_kuma_keys(folder: Path, size: int) -> Path:
    """Every fifth student has given the instructor a key of their Uptime Kuma."""
    keys = {student.login: metrics_key(student) for student in create_students(size)[::5]}
    file = folder / "kuma-keys.yaml"
    file.write_text(yaml.safe_dump(keys))
    return file


def format_kubeconfig(server: str) -> str:
    """For any client of Kubernetes: one context for each account."""
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
