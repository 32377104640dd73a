"""Starts processes, notices when one dies, and ends them all."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

GRACE = 8.0
"""Seconds for processes to end by themselves."""
TICK = 0.1
LAST_LINES = 15
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class DemoProgram:
    """One that `ends` does its work and goes, and what it prints until then is for the user."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    descriptors: Sequence[int] = ()
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
    """Somebody asked us to end."""


class DiedError(Exception):
    """A process ended that should have gone on."""

    def __init__(self, running: RunningProgram) -> None:
        lines = running.log.read_text(errors="replace").splitlines()[-LAST_LINES:]
        super().__init__(
            f"The process '{running.program.name}' ended (status {running.process.returncode}). "
            f"Its log, {running.log}, ends with:\n" + "\n".join(f"  {line}" for line in lines)
        )


class Processes:
    """Some processes, none of which outlives the block, nor us."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: list[RunningProgram] = []
        self._stopped = False

    def __enter__(self) -> Self:
        # A flag, because an exception could come between a start and its entry in the list. SIGINT
        # too, which a shell has ignored by what it starts in the background.
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, self._request_stop)
        return self

    def __exit__(self, *_: object) -> None:
        end_programs(self._running)

    def _request_stop(self, *_: object) -> None:
        self._stopped = True

    def start_program(self, program: DemoProgram) -> RunningProgram:
        running = start(program, self._logs / f"{program.name}.log")
        self._running.append(running)
        return running

    def wait_until(self, until: Callable[[], object]) -> None:
        """Raises `StoppedError` if we are asked to end, `DiedError` if a process has ended."""
        while not until():
            time.sleep(TICK)
            if self._stopped:
                raise StoppedError
            for running in self._running:
                if running.has_failed:
                    raise DiedError(running)


def start(program: DemoProgram, log: Path) -> RunningProgram:
    """In a process group of its own: Ctrl-C reaches only us, and we end it in order."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            program.command,
            env=program.environment,
            cwd=program.folder,
            stdin=subprocess.DEVNULL,
            stdout=None if program.ends else output,
            stderr=output,
            pass_fds=program.descriptors,
            process_group=0,
            preexec_fn=_ends_with_us(),  # noqa: PLW1509  # we have no threads
        )
    return RunningProgram(program, process, log)


def end_programs(processes: Sequence[RunningProgram]) -> None:
    """End all of them with all that they started; what was started last uses what was first."""
    deadline = time.monotonic() + GRACE
    for running in reversed(processes):
        running.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            running.process.wait(max(TICK, deadline - time.monotonic()))
        _kill_group(running.process)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """What is left of it: a worker's children may outlive the worker."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _ends_with_us() -> Callable[[], object] | None:
    """Has the kernel end the child should we be killed. Only Linux can."""
    try:
        prctl = ctypes.CDLL(None).prctl
    except (AttributeError, OSError):
        return None
    return lambda: prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
