"""Starts processes, notices when one dies, and ends them all."""

import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parent.parent
GRACE = 8.0
"""Seconds for processes to end by themselves."""
TICK = 0.1
LAST_LINES = 15
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class DemoProgram:
    """A program that `ends` is expected to exit with 0; the user sees its output, not a log."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    listens_on: socket.socket | None = None
    ends: bool = False


@dataclass(frozen=True, slots=True)
class RunningProgram:
    program: DemoProgram
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def has_failed(self) -> bool:
        status = self.process.poll()
        return status is not None and not (self.program.ends and status == 0)


class StoppedError(Exception):
    """The demo was asked to end."""


class DiedError(Exception):
    """A process ended that should have gone on."""

    def __init__(self, running: RunningProgram) -> None:
        lines = running.log.read_text(errors="replace").splitlines()[-LAST_LINES:]
        super().__init__(
            f"The process '{running.program.name}' ended (status {running.process.returncode}). "
            f"Its log, {running.log}, ends with:\n" + "\n".join(f"  {line}" for line in lines)
        )


class Processes:
    """Processes that end with the block, and with this process even if it is killed."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: list[RunningProgram] = []
        self._stopped = False

    def __enter__(self) -> Self:
        # A flag, because an exception could come between a start and its entry in the list. SIGINT
        # too, because shells let background processes ignore it.
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, self._request_stop)
        return self

    def __exit__(self, *_: object) -> None:
        """End all processes with their children, the last first: it uses those before it."""
        deadline = time.monotonic() + GRACE
        for process in (running.process for running in reversed(self._running)):
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(TICK, deadline - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _request_stop(self, *_: object) -> None:
        self._stopped = True

    def start_program(self, program: DemoProgram) -> RunningProgram:
        """Start it in a process group of its own, so that Ctrl-C reaches this process only."""
        log = self._logs / f"{program.name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                program.command,
                env=program.environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=None if program.ends else output,
                stderr=output,
                pass_fds=[program.listens_on.fileno()] if program.listens_on else [],
                process_group=0,
                preexec_fn=_follow_parent(),  # noqa: PLW1509  # we have no threads
            )
        running = RunningProgram(program, process, log)
        self._running.append(running)
        return running

    def wait_until(self, ready: Callable[[], object]) -> None:
        """Raises `StoppedError` if asked to end, `DiedError` if a process has ended."""
        while not ready():
            time.sleep(TICK)
            if self._stopped:
                raise StoppedError
            for running in self._running:
                if running.has_failed:
                    raise DiedError(running)


def _follow_parent() -> Callable[[], object] | None:
    """Have the kernel end the child when this process is killed. Only Linux can."""
    try:
        prctl = ctypes.CDLL(None).prctl
    except (AttributeError, OSError):
        return None
    return lambda: prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
