"""The simulated servers on loopback ports, with a clock that a test moves."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import uvicorn

from demo.classroom.roster import Classroom, build_classroom, create_students
from demo.http import Application
from demo.options import format_url, open_socket
from netpol import lab
from tests.demo.test_stories import START
from tests.processes import wait_until


@dataclass
class Clock:
    moment: datetime = field(default=START)

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> None:
        self.moment += timedelta(**by)


def a_class(size: int = 28) -> Classroom:
    return build_classroom(START, create_students(size), lab.load_default_lab().namespaces)


@contextmanager
def serving(application: Application) -> Iterator[str]:
    """Yields the URL; ends the server with the block."""
    opened = open_socket(0)
    config = uvicorn.Config(application, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]})
    thread.start()
    try:
        wait_until(lambda: server.started, "uvicorn")
        yield format_url(opened)
    finally:
        server.should_exit = True
        thread.join()
        opened.close()
