"""What does each command make of hostile files, in which time and memory?

`python -m tests.netpol.measure_hostile [BYTES] [CASE…]`, 10 MB each by default, prints for each
case and command the exit status, the seconds, the peak memory in MB, and the first line of output.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.netpol.hostile import CASES, commands

ROOT = Path(__file__).resolve().parents[2]
MEMORY = 4 << 30
SECONDS = 300


def main(size: int, *cases: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in cases or CASES:
            file = Path(folder, f"{name}.yaml")
            file.write_bytes(CASES[name](size))
            for command in commands(str(file), folder):
                print(f"{name:<16} {command[0]:<9} {measured(command)}", flush=True)
            file.unlink()


def measured(command: list[str]) -> str:
    with tempfile.TemporaryFile() as said:
        begun = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "netpol", *command],
            cwd=ROOT,
            stdout=said,
            stderr=subprocess.STDOUT,
            preexec_fn=limited,  # noqa: PLW1509  one thread
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - begun
        said.seek(0)
        text = said.read().decode(errors="replace")
    broken = "TRACEBACK " if "Traceback" in text else ""
    first = text.splitlines()[-1 if broken else 0][:90] if text else ""
    peak = usage.ru_maxrss >> 10
    return f"{process.returncode:>3} {seconds:>6.1f} s {peak:>5} MB  {broken}{first}"


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 10_000_000, *sys.argv[2:])
