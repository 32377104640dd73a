"""By what a step of a lab is recognised: what policies mean, never what they are called."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NoPolicySelects:
    """Holds while no policy selects any pod, which the steps that follow bring to an end."""


@dataclass(frozen=True, slots=True)
class EveryPodIsolated:
    """Holds while each pod of the namespace is isolated for ingress and for egress."""


@dataclass(frozen=True, slots=True)
class FlowsAsExpected:
    """Holds while each of these flows is as expected, the open ones because a rule admits them."""

    flows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotChecked:
    """Nothing that policies say can show it."""

    reason: str


Detector = NoPolicySelects | EveryPodIsolated | FlowsAsExpected | NotChecked
