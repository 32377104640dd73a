"""What Uptime Kuma's monitors prove of its own way out, for they watch public names. Pure.

A monitor that is up had its name looked up and a connection made. One that is down proves nothing
by itself: the app may be down. Only where the same URL was up from outside is it Kuma that
cannot see.
"""

from collections.abc import Sequence
from datetime import datetime

from dashboard.collect.methods.probe_result import BLOCKED, REACHED, UNKNOWN, ProbeResult
from dashboard.collect.methods.uptime_kuma.pages import KumaMonitor, MonitorList
from dashboard.models import MonitorStatus, ProbeSign
from netpol.lab import ProbeRole

EgressResults = tuple[datetime, dict[ProbeRole, ProbeResult]]
"""Results for the roles that are Kuma's own, and the time they are of."""


def judge_egress(listing: MonitorList, now: datetime) -> EgressResults:
    """By the monitors of which `watches` and `is_up` are filled in."""
    known = [monitor for monitor in listing.monitors if monitor.watches]
    fresh = [monitor for monitor in known if not monitor.is_stale(now)]
    ups = [monitor for monitor in fresh if monitor.status is MonitorStatus.UP]
    downs = [monitor for monitor in fresh if monitor.status is MonitorStatus.DOWN]
    if ups:
        return _newest_time(ups, now), _judge_open_egress()
    if blind := [monitor for monitor in downs if monitor.is_up]:
        return _newest_time(blind, now), _judge_closed_egress()
    if downs:
        return _newest_time(downs, now), _same_for_both(_judge_down(downs))
    return now, _same_for_both(_judge_no_evidence(listing, known, fresh))


def _newest_time(monitors: Sequence[KumaMonitor], now: datetime) -> datetime:
    return max(monitor.at or now for monitor in monitors)


def _same_for_both(result: ProbeResult) -> dict[ProbeRole, ProbeResult]:
    return {ProbeRole.DNS: result, ProbeRole.INTERNET: result}


def _judge_open_egress() -> dict[ProbeRole, ProbeResult]:
    found = (
        "Uptime Kuma found a public name and sees it up (it remembers names for a while, so a "
        "blocked DNS shows late)"
    )
    return {
        ProbeRole.DNS: ProbeResult(REACHED, ProbeSign.KUMA_UP, found),
        ProbeRole.INTERNET: ProbeResult(
            REACHED, ProbeSign.KUMA_UP, "Uptime Kuma sees a public address up"
        ),
    }


def _judge_closed_egress() -> dict[ProbeRole, ProbeResult]:
    unclear = "Uptime Kuma is blind: whether it fails to look names up or to connect cannot be told"
    closed = (
        "Uptime Kuma is blind: it reports down what answers from outside, so its own way out "
        "is closed, at the name look-up or at the connection"
    )
    return {
        ProbeRole.DNS: ProbeResult(UNKNOWN, ProbeSign.KUMA_BLIND, unclear),
        ProbeRole.INTERNET: ProbeResult(BLOCKED, ProbeSign.KUMA_BLIND, closed),
    }


def _judge_down(downs: Sequence[KumaMonitor]) -> ProbeResult:
    if any(monitor.is_up is None for monitor in downs):
        reason = "Uptime Kuma reports down what nobody looked at from outside at that time"
        return ProbeResult(UNKNOWN, ProbeSign.UNCLEAR, reason)
    reason = (
        "what Uptime Kuma reports down does not answer from outside either: that is the app, "
        "and says nothing of Kuma's own way out"
    )
    return ProbeResult(UNKNOWN, ProbeSign.APP_DOWN, reason)


def _judge_no_evidence(
    listing: MonitorList, known: Sequence[KumaMonitor], fresh: Sequence[KumaMonitor]
) -> ProbeResult:
    if known and not fresh:
        reason = "Uptime Kuma has checked nothing for a while: its newest beats are stale"
        return ProbeResult(UNKNOWN, ProbeSign.KUMA_STALE, reason)
    if fresh:
        reason = "Uptime Kuma has not made up its mind: pending or maintenance"
    elif listing.monitors:
        reason = (
            "none of Uptime Kuma's monitors is known to watch one of the lab's URLs: an instructor "
            "can choose which"
        )
    else:
        reason = f"Uptime Kuma: {listing.problem}"
    return ProbeResult(UNKNOWN, ProbeSign.UNCLEAR, reason)
