"""Processes that tests start. None outlives the test run, even a run that is killed."""

import atexit
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PATIENCE = 120.0
"""Seconds: the one limit of all waits. Tests wait for conditions; this ends a wait in vain."""

# Reads the number of a process group when it starts and again when it has ended. Standard input
# ends with the test run, however that ends. What still runs then is told to end, and then killed.
REAPER = """
import os, signal, sys, time

running = set()
for line in sys.stdin:
    running ^= {int(line)}

def send(number):
    for group in list(running):
        try:
            os.killpg(group, number)
        except ProcessLookupError:
            running.discard(group)

send(signal.SIGTERM)
for _ in range(100):
    if running:
        time.sleep(0.1)
        send(0)
send(signal.SIGKILL)
"""


@contextmanager
def running(command: Sequence[str | Path], **options: Any) -> Iterator["subprocess.Popen[bytes]"]:
    """A process in a group of its own. It ends with the block, with all that it started."""
    process = subprocess.Popen(command, process_group=0, **options)
    report_group(process.pid)
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        report_group(process.pid)


def report_group(group: int) -> None:
    reaper = start_reaper()
    assert reaper.stdin
    reaper.stdin.write(f"{group}\n".encode())
    reaper.stdin.flush()


@cache
def start_reaper() -> "subprocess.Popen[bytes]":
    """In a session of its own, so that Ctrl-C does not reach it."""
    command = [sys.executable, "-c", REAPER]
    reaper = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
    atexit.register(reaper.communicate)
    return reaper


@dataclass(frozen=True, slots=True)
class Process:
    id: int
    name: str
    parent: int
    group: int


def list_processes() -> Iterator[Process]:
    """All that run on this machine. One that has ended and waits for its parent does not run."""
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            begin, _, rest = file.read_text().rpartition(") ")
            number, _, name = begin.partition(" (")
            state, parent, group, *_ = rest.split()
            if state != "Z":
                yield Process(int(number), name, int(parent), int(group))


def wait_until(ready: Callable[[], object], what: str) -> None:
    """Return when `ready()` is true. Raises `TimeoutError` where it stays false."""
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {PATIENCE:.0f} s")
        time.sleep(0.05)
