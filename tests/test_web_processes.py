"""The web server as the Procfile starts it, with pages that listen."""

import os
import signal
import sqlite3
import subprocess
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from tests import make
from tests.listening import Stream
from tests.servers import free_port, redis_server, running, wait_until

ROOT = Path(__file__).parents[1]
PAGES = 12


@pytest.mark.django_db(transaction=True)
def test_open_pages_hold_no_database_and_do_not_keep_the_server_from_ending(tmp_path: Path) -> None:
    """Each stream ends by itself: one that is torn off would raise here."""
    instructor = Client()
    instructor.force_login(make.instructor())
    database, port = tmp_path / "db.sqlite3", free_port()
    with ExitStack() as stack:
        environment = os.environ | {
            "DATABASE_URL": shared(database),
            "SECRET_KEY": settings.SECRET_KEY,
            "REDIS_URL": stack.enter_context(redis_server()),
            "BIND": f"127.0.0.1:{port}",
            "WEB_CONCURRENCY": "1",
        }
        web = subprocess.Popen(["sh", "-c", procfile("web")], cwd=ROOT, env=environment)
        stack.enter_context(running(web))
        cookies = {key: morsel.value for key, morsel in instructor.cookies.items()}
        client = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", cookies=cookies, trust_env=False, timeout=20
        )
        stack.enter_context(client)
        wait_until(lambda: answers(client), "the web server")
        pages = [
            stack.enter_context(client.stream("GET", "/events?seen=old")) for _ in range(PAGES)
        ]
        streams = [Stream(page, page.iter_lines()) for page in pages]
        assert all(stream.next().changes is None for stream in streams)
        wait_until(lambda: users_of(database, web.pid) == 0, "an idle database", 10)
        web.send_signal(signal.SIGTERM)
        assert [stream.block() for stream in streams] == [{}] * PAGES
        assert web.wait(30) == 0


def shared(file: Path) -> str:
    """The tests' own database, or a copy where it is in memory."""
    if connection.vendor == "postgresql":
        at = connection.settings_dict
        return f"postgres://{at['USER']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    with closing(sqlite3.connect(file)) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)
    return f"sqlite:///{file}"


def users_of(file: Path, process: int) -> int:
    """How many connections the web server's processes have to it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            return int(cursor.fetchone()[0])
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    assert children
    folders = [Path(f"/proc/{number}/fd") for number in children]
    links = [str(link.readlink()) for folder in folders for link in folder.iterdir()]
    return sum(link.startswith(str(file)) for link in links)


def procfile(name: str) -> str:
    for line in (ROOT / "Procfile").read_text().splitlines():
        process, _, command = line.partition(": ")
        if process == name:
            return command
    raise LookupError(name)


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False
