"""Each lock file holds the closure of its requirements file: all of it, and nothing else.

Computed from the metadata of what is installed, so that it needs no network.
"""

from collections.abc import Iterable, Iterator
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
NAMES = ["requirements", "requirements-demo", "requirements-dev"]


def lines(path: Path) -> Iterator[str]:
    for line in path.read_text().splitlines():
        text = line.partition(" #")[0].strip()
        if text.startswith("-r "):
            yield from lines(path.parent / text.removeprefix("-r "))
        elif text and not text.startswith("#"):
            yield text


def direct(name: str) -> list[Requirement]:
    return [Requirement(line) for line in lines(ROOT / f"{name}.txt")]


def pins(requirements: Iterable[Requirement]) -> dict[str, str]:
    return {canonicalize_name(one.name): str(one.specifier) for one in requirements}


def locked(name: str) -> dict[str, str]:
    return pins(Requirement(line) for line in lines(ROOT / f"{name}.lock"))


def needed_by(name: str, extras: frozenset[str]) -> Iterator[Requirement]:
    for text in requires(name) or []:
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in {"", *extras}):
            yield requirement


def closure(requirements: list[Requirement]) -> dict[str, str]:
    waiting, seen = list(requirements), set[tuple[str, frozenset[str]]]()
    while waiting:
        requirement = waiting.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key not in seen:
            seen.add(key)
            waiting += needed_by(*key)
    return {name: f"=={version(name)}" for name, _ in seen}


@pytest.mark.parametrize("name", NAMES)
def test_every_direct_requirement_is_locked_at_its_own_version(name: str) -> None:
    assert pins(direct(name)).items() <= locked(name).items()


@pytest.mark.parametrize("name", NAMES)
def test_the_lock_is_the_closure_of_the_direct_requirements(name: str) -> None:
    assert locked(name) == closure(direct(name))


@pytest.mark.parametrize("name", NAMES)
def test_every_direct_requirement_says_what_it_is_for(name: str) -> None:
    unexplained = [
        line
        for line in (ROOT / f"{name}.txt").read_text().splitlines()
        if "==" in line and "  # " not in line
    ]
    assert unexplained == []


@pytest.mark.parametrize("name", NAMES)
def test_a_lock_holds_pins_only_and_no_place_to_get_them_from(name: str) -> None:
    text = (ROOT / f"{name}.lock").read_text()
    assert "://" not in text
    assert "\n-" not in text
    assert all(pin.startswith("==") for pin in locked(name).values())
