"""`python -m tests.fuzz [SECONDS] [SEED]`: does any file break any command?

`matrix` and one more command are run on each of many files that are a little wrong. Both have to
end with status 0, 1 or 2 within their time. A file that breaks one is kept in var/fuzz/.
"""

import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from random import Random
from types import FrameType

from netpol.cli import main
from tests.fuzz.mutations import mutated, seeds
from tests.netpol.hostile import commands

FOUND = Path("var/fuzz")
LONGEST = 20
"""Seconds for one command on one file of at most 200 kB."""


class TooLong(Exception):  # noqa: N818  a state, as elsewhere
    """A command that has not ended."""


@contextmanager
def bounded() -> Iterator[None]:
    def end(_: int, __: FrameType | None) -> None:
        raise TooLong(f"after {LONGEST} seconds")

    signal.signal(signal.SIGALRM, end)
    signal.alarm(LONGEST)
    try:
        yield
    finally:
        signal.alarm(0)


def broken(command: list[str], said: Path) -> str | None:
    """What is wrong with how a command ends, or nothing."""
    with said.open("w", encoding="utf-8", errors="backslashreplace") as out:
        try:
            with bounded(), redirect_stdout(out), redirect_stderr(out):
                status: object = main(command)
        except SystemExit as ended:
            status = ended.code
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            return "".join(traceback.format_exception(error, limit=-6))
    return None if status in (0, 1, 2) else f"status {status}"


def fuzz(seconds: float, seed: int) -> int:
    random, listed = Random(seed), seeds()
    until, files, kept = time.monotonic() + seconds, 0, dict[str, str]()
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < until:
            content = mutated(random, listed)
            file = Path(folder, random.choice(["some.yaml", "some.json"]))
            file.write_bytes(content)
            files += 1
            first, *others = commands(str(file), f"{folder}/out")
            for command in (first, random.choice(others)):
                problem = broken(command, Path(folder, "said"))
                where = problem.strip().splitlines()[-3:] if problem else []
                if problem and (key := "\n".join(where)) not in kept:
                    kept[key] = keep(content, file.suffix, len(kept))
                    print(f"{kept[key]}: {' '.join(command)}\n{problem}", flush=True)
    print(f"{files} files with seed {seed}, {len(kept)} ways to break a command")
    return 1 if kept else 0


def keep(content: bytes, suffix: str, number: int) -> str:
    FOUND.mkdir(parents=True, exist_ok=True)
    file = FOUND / f"{number}{suffix}"
    file.write_bytes(content)
    return str(file)


if __name__ == "__main__":
    given = [float(each) for each in sys.argv[1:]]
    sys.exit(fuzz(given[0] if given else 60, int(given[1]) if given[1:] else int(time.time())))
