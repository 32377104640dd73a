"""Wrong and hostile files: every command answers or refuses, within its memory and time."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.netpol.hostile import CASES, commands

ROOT = Path(__file__).parents[2]
SIZE = 30_000
MEMORY = 1 << 30
SECONDS = 120
RUN = """
import json, sys
from netpol.__main__ import run
statuses = []
for command in json.load(sys.stdin):
    sys.argv = ["netpol", *command]
    try:
        statuses.append(run())
    except SystemExit as ended:
        statuses.append(ended.code)
print(f"\\n{statuses}")
"""
REFUSED = {
    *("laughs", "merges", "faults", "twice", "twice_in_yaml", "long_label", "long_names"),
    *("nul", "nul_in_json", "surrogates", "deep", "numbers", "nulls", "colons"),
    *("escapes", "odd_namespace", "text_for_peers"),
}


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def after(commands: list[list[str]]) -> tuple[list[int], str]:
    """The statuses of all these commands, and what they said."""
    ran = subprocess.run(
        [sys.executable, "-c", RUN],
        cwd=ROOT,
        input=json.dumps(commands),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=SECONDS,
        preexec_fn=limited,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-3000:]
    said, _, statuses = ran.stdout.rstrip().rpartition("\n")
    return json.loads(statuses), said


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_file_is_refused_or_judged_by_every_command(case: str, tmp_path: Path) -> None:
    file = tmp_path / "hostile.yaml"
    file.write_bytes(CASES[case](SIZE))
    (matrix, *others), said = after(commands(str(file), str(tmp_path / "out")))
    assert matrix == (2 if case in REFUSED else 0)
    assert set(others) <= {0, 1, 2}
    assert "Traceback" not in said
    assert all(letter.isprintable() or letter == "\n" for letter in said)
