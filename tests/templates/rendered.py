"""A plugin of pytest: templates raise for what is not there, and the whole suite renders each."""

from typing import Any

import pytest
from django.template import engines
from django.test.signals import template_rendered

from tests.templates.files import template_names

WHOLE_SUITE = ("", "not browser")
"""What `-m` may say of tests that have to render every template."""
rendered: set[str] = set()


class UnresolvedPathError(Exception):
    """A template shows a path that leads to nothing."""


class Unresolved(str):
    """Raises where Django would show it in place of a path."""

    def __contains__(self, _: str) -> bool:  # type: ignore[override]
        return True

    def __mod__(self, path: object) -> str:
        raise UnresolvedPathError(str(path))


@pytest.fixture(scope="session", autouse=True)
def _nothing_is_shown_for_what_is_not_there() -> None:
    engine: Any = engines["django"]
    engine.engine.string_if_invalid = Unresolved("unresolved")


def note(template: Any, **_: object) -> None:
    rendered.add(str(template.name))


def pytest_configure() -> None:
    template_rendered.connect(note)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A process of pytest-xdist ends, and says what was rendered in it."""
    rendered.update(getattr(node, "workeroutput", {}).get("rendered", "").split())


def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["rendered"] = " ".join(sorted(rendered))
    elif is_whole(config) and session.exitstatus == pytest.ExitCode.OK and unrendered():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if is_whole(config) and not hasattr(config, "workeroutput"):
        for name in unrendered():
            terminalreporter.write_line(f"No test rendered templates/{name}", red=True)


def is_whole(config: pytest.Config) -> bool:
    """Whether all tests were asked for, and ran."""
    is_chosen = config.getoption("keyword") or config.getoption("collectonly")
    is_all = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return is_all and not is_chosen and config.getoption("markexpr") in WHOLE_SUITE


def unrendered() -> list[str]:
    return sorted(template_names() - rendered)
