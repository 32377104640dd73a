"""The web server as the Procfile starts it, with pages that listen."""

import signal
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from django.db import connection

from tests import make
from tests.listening import Stream, cookies_of, shared, web_process
from tests.processes import PATIENCE, wait_until
from tests.servers import redis_server

PAGES = 12


@pytest.mark.django_db(transaction=True)
def test_open_pages_hold_no_database_and_do_not_keep_the_server_from_ending(tmp_path: Path) -> None:
    """Each stream ends by itself: one that is torn off would raise here."""
    cookies, database = cookies_of(make.instructor()), tmp_path / "db.sqlite3"
    with ExitStack() as stack:
        redis = stack.enter_context(redis_server())
        web = stack.enter_context(web_process(shared(database), redis))
        client = httpx.Client(base_url=web.url, cookies=cookies, trust_env=False, timeout=PATIENCE)
        stack.enter_context(client)
        pages = [
            stack.enter_context(client.stream("GET", "/events?seen=old")) for _ in range(PAGES)
        ]
        streams = [Stream(page, page.iter_lines()) for page in pages]
        assert all(stream.next().changes is None for stream in streams)
        wait_until(lambda: users_of(database, web.process.pid) == 0, "an idle database")
        web.process.send_signal(signal.SIGTERM)
        assert [stream.block() for stream in streams] == [{}] * PAGES
        assert web.process.wait(PATIENCE) == 0


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
