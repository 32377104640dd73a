"""What Uptime Kuma's monitors prove of its own way out: it watches public names. Pure.

A monitor that is up had its name looked up and a connection made. One that is down proves nothing
by itself: the app may be down. Only where the same URL was seen up from outside is it Kuma that
cannot see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.collect.probing.gateway import Finding, blocked, reached, unknown
from dashboard.collect.probing.kuma import Beat
from dashboard.models import MonitorStatus, Sign
from netpol.lab import ProbeRole


@dataclass(frozen=True, slots=True)
class Watched:
    """`up` is whether the URL was seen up from outside at the time of the beat, if anybody looked.

    `watches` is the probe that asks the same URL, empty where none is known to.
    """

    beat: Beat
    watches: str
    up: bool | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """Findings for the roles that are Kuma's own, as of `at`."""

    at: datetime
    findings: Mapping[ProbeRole, Finding]


def outlook(monitors: Sequence[Watched], problem: str, now: datetime) -> Outlook:
    known = [monitor for monitor in monitors if monitor.watches]
    fresh = [monitor for monitor in known if not monitor.beat.is_stale(now)]
    ups = [monitor for monitor in fresh if monitor.beat.status is MonitorStatus.UP]
    downs = [monitor for monitor in fresh if monitor.beat.status is MonitorStatus.DOWN]
    if ups:
        return _as_of(ups, now, _seeing())
    if downs:
        blind = [monitor for monitor in downs if monitor.up]
        return _as_of(blind or downs, now, _blind() if blind else _down(downs))
    return Outlook(now, _alike(_nothing(problem, monitors, known, fresh)))


def _as_of(
    monitors: Sequence[Watched], now: datetime, findings: Mapping[ProbeRole, Finding]
) -> Outlook:
    return Outlook(max(monitor.beat.at or now for monitor in monitors), findings)


def _alike(finding: Finding) -> dict[ProbeRole, Finding]:
    return {ProbeRole.DNS: finding, ProbeRole.INTERNET: finding}


def _seeing() -> dict[ProbeRole, Finding]:
    return {
        ProbeRole.DNS: reached(
            Sign.KUMA_UP,
            "Uptime Kuma found a public name and sees it up (it remembers names for a while, so a "
            "blocked DNS shows late)",
        ),
        ProbeRole.INTERNET: reached(Sign.KUMA_UP, "Uptime Kuma sees a public address up"),
    }


def _blind() -> dict[ProbeRole, Finding]:
    return {
        ProbeRole.DNS: unknown(
            Sign.KUMA_BLIND,
            "Uptime Kuma is blind: whether it fails to look names up or to connect cannot be told",
        ),
        ProbeRole.INTERNET: blocked(
            Sign.KUMA_BLIND,
            "Uptime Kuma is blind: it reports down what answers from outside, so its own way out "
            "is closed, at the name look-up or at the connection",
        ),
    }


def _down(downs: Sequence[Watched]) -> dict[ProbeRole, Finding]:
    if any(monitor.up is None for monitor in downs):
        return _alike(
            unknown(
                Sign.UNCLEAR,
                "Uptime Kuma reports down what nobody looked at from outside at that time",
            )
        )
    return _alike(
        unknown(
            Sign.APP_DOWN,
            "what Uptime Kuma reports down does not answer from outside either: that is the app, "
            "and says nothing of Kuma's own way out",
        )
    )


def _nothing(
    problem: str, all_of_them: Sequence[Watched], known: Sequence[Watched], fresh: Sequence[Watched]
) -> Finding:
    if fresh:
        return unknown(Sign.UNCLEAR, "Uptime Kuma has not made up its mind: pending or maintenance")
    if known:
        return unknown(
            Sign.KUMA_STALE,
            "Uptime Kuma has checked nothing for a while: its newest beats are stale",
        )
    if all_of_them:
        return unknown(
            Sign.UNCLEAR,
            "none of Uptime Kuma's monitors is known to watch one of the lab's URLs: an instructor "
            "can choose which",
        )
    return unknown(Sign.UNCLEAR, f"Uptime Kuma: {problem}")
