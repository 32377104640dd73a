"""Nothing that a test starts outlives the test run, not even a run that is killed."""

import subprocess
import sys
from pathlib import Path

from tests.processes import list_processes, wait_until

ROOT = Path(__file__).resolve().parent.parent
RUN = """
from tests.processes import running
from tests.servers import redis_server

with redis_server(), running(["sh", "-c", "sleep 1000 & wait"]):
    print("started", flush=True)
    input()
"""


def list_names(groups: set[int]) -> set[str]:
    return {each.name for each in list_processes() if each.group in groups}


def test_what_a_killed_run_has_started_ends_with_its_children() -> None:
    command = [sys.executable, "-c", RUN]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe) as run:
        assert run.stdout
        assert run.stdout.readline() == b"started\n"
        groups = {each.group for each in list_processes() if each.parent == run.pid}
        wait_until(
            lambda: {"redis-server", "sh", "sleep"} <= list_names(groups), "the start of all three"
        )
        run.kill()
    wait_until(
        lambda: not [each for each in list_processes() if each.group in groups],
        "the end of all processes",
    )
