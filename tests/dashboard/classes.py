"""A class to look at: namespaces whose newest snapshot says what a test is about."""

from collections.abc import Mapping
from typing import Any

from dashboard import models
from dashboard.active_lab import active_lab
from netpol.model import Outcome
from tests import make

CHECKED = ["default-deny", "dns", "gateway", "app-redis", "kuma", "all-flows"]
"""The steps that can be held to the end."""

AS_EXPECTED = {flow.name: flow.expected for flow in active_lab().flows}


def summary(
    *missing: str, flows: Mapping[str, Outcome] | None = None, blocker: str = ""
) -> dict[str, Any]:
    """Of one who has everything but these steps, and the flows as expected but for these."""
    held: dict[str, bool | None] = dict.fromkeys(CHECKED, True)
    held |= dict.fromkeys(missing, False)
    predicted = AS_EXPECTED | dict(flows or {})
    return {
        "flows": predicted,
        "met": sum(predicted[name] == AS_EXPECTED[name] for name in predicted),
        "total": len(predicted),
        "steps": held | {"baseline": False, "committed": None, "charts": None},
        "step": next((step for step in CHECKED if step in missing), ""),
        "blocker": blocker,
    }


def student(
    login: str, *missing: str, minutes: int = 0, environment: str = "dev", **fields: Any
) -> models.Namespace:
    """A namespace that has been as its summary says since so many minutes past noon."""
    namespace = make.namespace(login, environment)
    make.snapshot(namespace, seconds=60 * minutes, summary=summary(*missing, **fields))
    return namespace
