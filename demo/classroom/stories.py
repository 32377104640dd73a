"""What students do, and when: read from stories.yaml, which tells its own format."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from netpol.model import Profile

DENY = ("default-deny-all",)
DNS = ("allow-dns-egress",)
GATEWAY = ("allow-gateway-ingress",)
REDIS = ("allow-app-to-redis", "allow-redis-from-app")
KUMA = ("allow-kuma-monitoring", "allow-app-from-kuma")
SOLUTION = DENY + DNS + GATEWAY + REDIS + KUMA
PARTS = {
    "deny": DENY,
    "dns": DNS,
    "gateway": GATEWAY,
    "redis": REDIS,
    "kuma": KUMA,
    "solution": SOLUTION,
}


class Quirk(StrEnum):
    """What is odd about a student's part of the cluster, and no fault of their policies."""

    NONE = "none"
    UNENFORCED = "unenforced"
    CILIUM = "cilium"
    CRASHING = "crashing"
    DETACHED = "detached"
    KUMA_STOPPED = "kuma-stopped"
    KUMA_NAMES = "kuma-names"

    @property
    def plugin_profile(self) -> Profile:
        """How the network plugin treats these namespaces."""
        return {Quirk.UNENFORCED: Profile.UNENFORCED, Quirk.CILIUM: Profile.CILIUM}.get(
            self, Profile.KUBERNETES
        )


@dataclass(frozen=True, slots=True)
class StoryAct:
    """After `minutes` the student applies these manifests, and deletes the policies so named."""

    minutes: float
    apply: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """`prod` is `None` where the student has no such namespace."""

    key: str
    title: str
    begins: float
    acts: tuple[StoryAct, ...]
    again: tuple[StoryAct, ...]
    prod: tuple[StoryAct, ...] | None
    unreadable: bool
    quirk: Quirk


def _load_stories() -> Iterator[Story]:
    written = yaml.safe_load(Path(__file__).with_name("stories.yaml").read_text("utf-8"))
    for each in written:
        yield Story(
            key=each["key"],
            title=each["title"],
            begins=each["begins"],
            acts=_parse_acts(each.get("acts", [])),
            again=_parse_acts(each.get("again", [])),
            prod=_parse_acts(each["prod"]) if "prod" in each else None,
            unreadable=each.get("unreadable", False),
            quirk=Quirk(each.get("quirk", Quirk.NONE)),
        )


def _parse_acts(written: list[list[Any]]) -> tuple[StoryAct, ...]:
    return tuple(_parse_act(*each) for each in written)


def _parse_act(minutes: float, verb: str, *names: str) -> StoryAct:
    """The verb is one of the two fields of `Act`."""
    policies = tuple(policy for name in names for policy in PARTS.get(name, (name,)))
    return StoryAct(minutes, **{verb: policies})


STORIES = tuple(_load_stories())
