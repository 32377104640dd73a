"""Every page: the dataclasses of `dashboard` that name their template."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from typing import Any, cast

from django.contrib.auth.context_processors import PermWrapper
from django.contrib.messages.storage.base import Message
from django.template import Engine, engines

import dashboard
from dashboard.web.layout.refresh import LiveRequest
from tests.templates.annotations import Kind
from tests.templates.checker import Checker
from tests.templates.problems import Problem

NAMES: Mapping[str, Kind] = {
    "request": LiveRequest,
    "user": LiveRequest.__annotations__["user"],
    "perms": PermWrapper,
    "messages": list[Message],
    "csrf_token": str,
}
"""What context processors give to each page."""
ERRORS = ("403.html", "403_csrf.html", "404.html", "500.html")
"""Django shows them by itself: they see no page."""


def page_classes() -> Iterator[type]:
    for module in pkgutil.walk_packages(dashboard.__path__, "dashboard."):
        if not module.name.endswith(".page"):
            continue
        for found in vars(importlib.import_module(module.name)).values():
            if (
                isinstance(found, type)
                and is_dataclass(found)
                and found.__module__ == module.name
                and isinstance(getattr(found, "template", None), str)
            ):
                yield found


def page_types() -> dict[str, type | None]:
    """By template the class of what it calls `page`."""
    return {each.template: each for each in page_classes()} | dict.fromkeys(ERRORS)  # type: ignore[attr-defined]


def engine() -> Engine:
    found: Any = engines["django"]
    return cast(Engine, found.engine)


def check_pages(*templates: str) -> tuple[Checker, list[Problem]]:
    """All pages, or those of these templates, and what does not resolve in them."""
    checker = Checker(engine(), NAMES)
    types = page_types()
    found = {
        problem for name in templates or types for problem in checker.check_page(name, types[name])
    }
    return checker, sorted(found)
