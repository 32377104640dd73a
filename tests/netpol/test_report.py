"""`python -m netpol report`, beside what the course publishes as the result of its own script."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from netpol.lab import LABS
from tests.netpol.student import DATA

SOLUTION = LABS / "week-06-lab-03-solution.yaml"
ROOT = LABS.parent
CHARTS = ["networkpolicy_flow_matrix.png", "networkpolicy_allowed_by_source.png"]
PNG = b"\x89PNG\r\n\x1a\n"

WITHOUT_MATPLOTLIB = """
import runpy, sys
sys.modules["matplotlib"] = None  # what Python itself does to forbid an import
sys.argv[0] = "netpol"
runpy.run_module("netpol", run_name="__main__")
"""


def run(
    *arguments: str | Path, code: str = "", stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    program = ["-c", code] if code else ["-m", "netpol"]
    return subprocess.run(
        [sys.executable, *program, "report", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def results(folder: Path) -> Any:
    return json.loads((folder / "results.json").read_text(encoding="utf-8"))


def published(name: str) -> str:
    return (DATA / f"course-{name}").read_text(encoding="utf-8")


def verdicts(content: Any) -> list[Any]:
    return [flow["allowed_after"] for flow in content["flows"]]


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on the lab's solution."""
    folder = tmp_path_factory.mktemp("report") / "week-06" / "assets"
    done = run(SOLUTION, "--output-dir", folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("8 of 12 flows allowed, 0 not as expected\n")
    return folder


def test_the_solution_gives_the_results_that_the_course_publishes(reported: Path) -> None:
    course, ours = json.loads(published("results.json")), results(reported)
    moving = ("generated_at_utc", "policy_file", "summary_markdown", "charts")
    assert list(ours) == list(course)
    assert {**ours, **{key: course[key] for key in moving}} == course
    assert ours["policy_file"] == str(SOLUTION)
    assert ours["summary_markdown"] == str(reported / "summary.md")
    assert ours["generated_at_utc"].endswith("+00:00")


def test_the_files_are_the_courses_byte_for_byte_but_for_paths_and_time(reported: Path) -> None:
    course = json.loads(published("results.json"))
    ours = (reported / "results.json").read_text(encoding="utf-8")
    for key in ("generated_at_utc", "policy_file"):
        ours = ours.replace(results(reported)[key], course[key])
    folder = "assets/generated/week-06-network-policies"
    assert ours.replace(str(reported), folder) == published("results.json")
    summary = (reported / "summary.md").read_text(encoding="utf-8")
    assert summary.replace(str(SOLUTION), course["policy_file"]) == published("summary.md")


def test_the_two_charts_are_drawn(reported: Path) -> None:
    assert results(reported)["charts"] == [str(reported / chart) for chart in CHARTS]
    for chart in CHARTS:
        content = (reported / chart).read_bytes()
        assert content.startswith(PNG)
        assert len(content) > 10_000


def test_without_matplotlib_the_rest_is_written_and_the_reason_is_said(tmp_path: Path) -> None:
    done = run(SOLUTION, "--output-dir", tmp_path, code=WITHOUT_MATPLOTLIB)
    assert done.returncode == 0
    content = results(tmp_path)
    assert list(content)[-2:] == ["charts", "chart_error"]
    assert content["charts"] == []
    assert content["chart_error"].startswith("charts need matplotlib: ")
    assert content["chart_error"] in done.stdout
    assert verdicts(content).count(True) == 8
    assert sorted(path.name for path in tmp_path.iterdir()) == ["results.json", "summary.md"]


def test_no_charts_is_no_error(tmp_path: Path) -> None:
    assert run(SOLUTION, "--output-dir", tmp_path, "--no-charts").returncode == 0
    content = results(tmp_path)
    assert content["charts"] == []
    assert "chart_error" not in content
    assert sorted(path.name for path in tmp_path.iterdir()) == ["results.json", "summary.md"]


def test_the_component_of_week_7_has_the_same_verdicts(reported: Path, tmp_path: Path) -> None:
    component = DATA / "week-07-component.yaml"
    assert run(component, "--output-dir", tmp_path, "--no-charts").returncode == 0
    assert verdicts(results(tmp_path)) == verdicts(results(reported))


def test_what_is_not_as_expected_is_counted_and_named(tmp_path: Path) -> None:
    jerry = SOLUTION.read_text(encoding="utf-8").replace("port: 53", "port: 54")
    done = run("-", "--output-dir", tmp_path, "--no-charts", stdin=jerry)
    assert done.returncode == 0
    assert "  redis to DNS: deny, expected allow\n" in done.stdout
    counts = results(tmp_path)["summary"]
    assert (counts["allowed_after"], counts["expectation_mismatches"]) == (5, 3)
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "| `redis to DNS` | ALLOW | DENY | ALLOW |\n" in summary


def in_namespace(namespace: str) -> str:
    text = SOLUTION.read_text(encoding="utf-8")
    return text.replace("metadata:\n", f"metadata:\n  namespace: {namespace}\n")


def test_policies_that_name_their_namespace_count_there_only(tmp_path: Path) -> None:
    mine = in_namespace("student-octocat-dev")
    arguments = ("-", "--output-dir", tmp_path, "--no-charts")
    done = run(*arguments, stdin=mine)
    assert verdicts(results(tmp_path)) == [True] * 12
    assert "choose the namespace with --policy-namespace student-octocat-dev" in done.stderr
    done = run(*arguments, "--policy-namespace", "student-octocat-dev", stdin=mine)
    assert (verdicts(results(tmp_path)).count(True), done.stderr) == (8, "")
    assert results(tmp_path)["policy_namespace"] == "student-octocat-dev"


def test_a_verdict_that_is_not_known_is_null(tmp_path: Path) -> None:
    cilium = "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: l7}\n"
    both = f"{SOLUTION.read_text(encoding='utf-8')}\n---\n{cilium}"
    assert run("-", "--output-dir", tmp_path, "--no-charts", stdin=both).returncode == 0
    assert set(verdicts(results(tmp_path))) == {None}
    assert results(tmp_path)["summary"]["allowed_before"] == 12
    assert "| ALLOW | UNKNOWN | ALLOW |" in (tmp_path / "summary.md").read_text(encoding="utf-8")


def test_invalid_input_is_refused_with_each_fault_and_nothing_is_written(tmp_path: Path) -> None:
    bad = SOLUTION.read_text(encoding="utf-8").replace("port: 53", "port: 0")
    folder = tmp_path / "out"
    done = run("-", "--output-dir", folder, stdin=bad)
    assert (done.returncode, done.stdout) == (2, "")
    first, second = done.stderr.splitlines()
    assert first.startswith("-: student-dev/allow-dns-egress: spec.egress[0].ports[0].port: ")
    assert second.startswith("-: student-dev/allow-dns-egress: spec.egress[0].ports[1].port: ")
    assert not folder.exists()


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["missing.yaml", "--output-dir", "out"], "missing.yaml: "),
        ([SOLUTION, "--output-dir", "Makefile/out"], "cannot be written"),
        ([SOLUTION], "--output-dir"),
        ([SOLUTION, "--output-dir", "out", "--policy-namespace", "No_Name"], "'No_Name' must be"),
        (
            [SOLUTION, "--output-dir", "out", "--lab", "missing.yaml"],
            "missing.yaml: is no lab file",
        ),
    ],
)
def test_what_cannot_be_used_is_named(arguments: list[str | Path], fault: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert fault in done.stderr


def test_a_file_without_policies_is_told(tmp_path: Path) -> None:
    done = run("-", "--output-dir", tmp_path, "--no-charts", stdin="kind: ConfigMap\n")
    assert done.returncode == 0
    assert "warning: there is no NetworkPolicy" in done.stderr
