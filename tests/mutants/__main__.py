"""`python -m tests.mutants`: do the tests that docs/semantics.md names find each wrong rule?

Each wrong rule is planted in a copy of the tree, where the tables that pin the rule have to fail;
laws and generated clusters do not count. Prints the test that found it; ends with 1 if one lives.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutants.planting import Mutant, Outdated, copied, mutants
from tests.netpol.rules import named_in, rows

NO_TABLES = ("test_laws.py", "test_naive.py")
SECONDS = 120
PYTEST = ("pytest", "-x", "-q", "--tb=no", "-rf", "-c", os.devnull, "-p", "no:cacheprovider")
MORE = ("-p", "no:django", "--rootdir", ".")


def tables(rule: str) -> list[str]:
    named = named_in(rows()[rule])
    return [f"tests/netpol/{file}::{test}" for file, test in named if file not in NO_TABLES]


def ran(root: Path, tests: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *PYTEST, *MORE, *tests],
        cwd=root,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def killer(mutant: Mutant) -> str | None:
    """The test that fails. Raises `Outdated` for a mutant that does not even run."""
    with tempfile.TemporaryDirectory() as folder:
        root = copied(Path(folder))
        source = mutant.source(root)
        source.write_text(mutant.planted(source.read_text("utf-8")), "utf-8")
        run = ran(root, tables(mutant.rule))
    if run.returncode not in (0, 1):
        raise Outdated(f"{mutant.rule} {mutant.wrong}: does not run\n{run.stdout}{run.stderr}")
    found = re.search(r"^FAILED tests/netpol/(.*?)( - .*)?$", run.stdout, re.MULTILINE)
    return found[1] if found else None


def main() -> int:
    listed = mutants()
    every = sorted({test for mutant in listed for test in tables(mutant.rule)})
    with tempfile.TemporaryDirectory() as folder:
        whole = ran(copied(Path(folder)), every)
    if whole.returncode:
        print(f"The tests fail without any mutant.\n{whole.stdout}{whole.stderr}")
        return 1
    alive = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for mutant, test in zip(listed, pool.map(killer, listed), strict=True):
            alive += test is None
            print(f"{mutant.rule:<5} {mutant.wrong}\n      {test or 'SURVIVED'}", flush=True)
    print(f"{len(listed)} wrong rules, {alive} survived")
    return 1 if alive else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Outdated as error:
        sys.exit(str(error))
