"""The wheel holds the library alone, which runs with nothing but what it says it needs.

Nothing is downloaded: setuptools builds it here, and PyYAML is copied from here.
"""

import json
import re
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parent.parent
PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
SOURCES = ("netpol", "labs", "pyproject.toml", "setup.py", "README.md", "LICENSE")
POLICY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed}
spec: {podSelector: {matchLabels: {app: db}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: db, labels: {app: db}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web}}
"""


def run(*command: object, folder: Path) -> str:
    ran = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built in a copy, because setuptools leaves its work beside the sources."""
    source = tmp_path_factory.mktemp("source")
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    build = ("wheel", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", "dist")
    run(*PIP, *build, ".", folder=source)
    (built,) = (source / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and PyYAML, and nothing else."""
    home = tmp_path_factory.mktemp("home")
    run(sys.executable, "-m", "venv", "--without-pip", "venv", folder=home)
    python = home / "venv" / "bin" / "python"
    (packages,) = home.glob("venv/lib/python3*/site-packages")
    for file in distribution("PyYAML").files or ():
        (packages / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file.locate(), packages / file)
    run(*PIP, "--python", python, "install", "--no-index", wheel, folder=home)
    run(*PIP, "--python", python, "check", folder=home)
    return python.parent


def test_the_wheel_holds_the_library_with_its_types_and_labs_and_nothing_else(wheel: Path) -> None:
    names = [name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name]
    here = [*(ROOT / "netpol").rglob("*.py"), *(ROOT / "labs").glob("*.yaml")]
    inside = [f"{file.relative_to(ROOT)}".removeprefix("labs/") for file in here]
    expected = [name if name.endswith(".py") else f"netpol/labs/{name}" for name in inside]
    assert sorted(names) == sorted([*expected, "netpol/py.typed"])


def test_it_runs_in_any_folder_as_a_module_and_as_a_program(programs: Path, tmp_path: Path) -> None:
    (tmp_path / "all.yaml").write_text(POLICY)
    call = ("matrix", "-f", "all.yaml", "--port", 80, "-o", "json")
    said = run(programs / "python", "-m", "netpol", *call, folder=tmp_path)
    assert json.loads(said)["allowed"]["default/web"] == {"default/db": False, "default/web": True}
    assert run(programs / "netpol", *call, folder=tmp_path) == said


def test_the_labs_come_along(programs: Path, tmp_path: Path) -> None:
    (tmp_path / "all.yaml").write_text(POLICY)
    said = run(
        *(programs / "netpol", "report", "all.yaml", "--lab", "jerry-networkpolicy-dns"),
        *("--output-dir", "out"),
        folder=tmp_path,
    )
    assert "charts need matplotlib" in said
    assert json.loads((tmp_path / "out" / "results.json").read_text())
    repair = ("repair", "week-06-lab-03", "-f", "all.yaml", "--namespace", "student-alice-dev")
    assert "create " in run(programs / "netpol", *repair, folder=tmp_path)


def test_it_has_no_django(programs: Path, tmp_path: Path) -> None:
    listed = "from importlib.metadata import distributions as d; print(*(x.name for x in d()))"
    said = run(programs / "python", "-c", listed, folder=tmp_path)
    assert sorted(said.split()) == ["PyYAML", "class-netpol"]


def test_the_examples_of_the_readme_do_what_they_say(programs: Path, tmp_path: Path) -> None:
    (example,) = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs" / "netpol.md").read_text(), re.DOTALL
    )
    said = run(programs / "python", "-c", example, folder=tmp_path)
    assert said.splitlines() == re.findall(r"^ *print\(.*\)  # (.*)$", example, re.MULTILINE)
