"""How do time and memory of `python -m netpol connections` grow with the class?

`python -m bench.connections [NAMESPACES …]`, 30, 300 and 3000 if none are named. Each size runs
from JSON and from YAML, process start and reading included, and a sample of each answer is compared
with the plain evaluator. What counts is the growth within one run.
"""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Run:
    """`seconds` by the clock, `cpu` of the process, `memory` its most, in MB."""

    seconds: float
    cpu: float
    memory: float


def main(sizes: list[int]) -> None:
    print("namespaces  format  seconds     cpu    MB")
    last: dict[str, tuple[int, Run]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size, form in product(sizes, ("json", "yaml")):
            file, answer = Path(folder) / f"class.{form}", Path(folder) / "answer.json"
            with file.open("w") as output:
                of_bench("classroom", size, form, output=output)
            run = measured(file, answer)
            print(f"{size:10}  {form}    {run.seconds:7.2f} {run.cpu:7.2f} {run.memory:5.0f}")
            print(of_bench("agreement", file, answer, run.seconds, output=subprocess.PIPE), end="")
            if form in last:
                before, other = last[form]
                print(
                    f"  {size / before:.1f} times the namespaces: "
                    f"{run.seconds / other.seconds:.1f} times the time, "
                    f"{run.memory / other.memory:.1f} times the memory"
                )
            last[form] = size, run


def of_bench(module: str, *arguments: object, output: IO[str] | int) -> str:
    """Runs apart, so that this process stays small: a child's most memory counts from its fork."""
    command = [sys.executable, "-m", f"bench.{module}", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, stdout=output, text=True, check=True).stdout


def measured(file: Path, answer: Path) -> Run:
    command = [sys.executable, "-m", "netpol", "connections", "-f", str(file), "-o", "json"]
    with answer.open("w") as output:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=output)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    seconds = time.perf_counter() - began
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [30, 300, 3000])
