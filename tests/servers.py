"""Real servers on loopback for the tests: each a context manager that ends what it started."""

import contextlib
import os
import pwd
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from tests.processes import running, wait_until

ROOT = Path(__file__).resolve().parents[1]
# Debian keeps the server's programs off the PATH.
POSTGRESQL = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)

needs_postgresql = pytest.mark.skipif(POSTGRESQL is None, reason="apt-get install postgresql")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def dropping() -> Iterator[int]:
    """A port whose queue is full: the kernel lets further connections wait, as a drop does."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(2):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        yield server.getsockname()[1]


def procfile(name: str) -> str:
    """The command by which it starts this process."""
    for line in (ROOT / "Procfile").read_text().splitlines():
        process, _, command = line.partition(": ")
        if process == name:
            return command
    raise LookupError(name)


@contextlib.contextmanager
def redis_server(port: int | None = None) -> Iterator[str]:
    """A Redis of its own, without persistence; yields its URL."""
    port = port or free_port()
    binary = Path(sys.executable).with_name("redis-server")
    with tempfile.TemporaryDirectory() as folder:
        command = [str(binary), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
        with (
            Path(folder, "log").open("wb") as log,
            running(command, cwd=folder, stdout=log, stderr=log),
        ):
            url = f"redis://127.0.0.1:{port}/0"
            wait_until(lambda: answers_ping(url), "Redis")
            yield url


def answers_ping(url: str) -> bool:
    client = redis.Redis.from_url(url)
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
    finally:
        client.close()


@contextlib.contextmanager
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL of its own, run by an unprivileged user; yields its URL."""
    assert POSTGRESQL, "apt-get install postgresql"
    port = free_port()
    user = "nobody" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory() as folder:
        data, log = Path(folder, "data"), Path(folder, "log")
        data.mkdir()
        log.touch()
        if user:
            Path(folder).chmod(0o755)
            for owned in (data, log):
                os.chown(owned, pwd.getpwnam(user).pw_uid, -1)
        initdb = [str(POSTGRESQL / "initdb"), "-D", str(data), "-U", "tests", "-A", "trust", "-N"]
        initdb += ["-E", "UTF8"]
        subprocess.run(initdb, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL)
        command = [str(POSTGRESQL / "postgres"), "-D", str(data), "-p", str(port), "-F"]
        command += ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
        with (
            log.open("wb") as out,
            running(command, user=user, cwd=folder, stdout=out, stderr=out),
        ):
            url = f"postgres://tests@127.0.0.1:{port}/postgres"
            wait_until(lambda: accepts(url), "PostgreSQL")
            yield url


def accepts(url: str) -> bool:
    try:
        psycopg.connect(url.replace("postgres://", "postgresql://"), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
