"""What a student's Uptime Kuma says of the URLs that the lab's checklist asks for."""

from itertools import chain

from dashboard.assess.probe_votes import SETTLE, result_lifetime
from dashboard.models import Monitor, MonitorStatus
from dashboard.times.moment import format_time
from dashboard.web.reports.facts import ReportFacts
from dashboard.web.reports.items import ItemState, ReportItem, join_names
from netpol.lab import ChecklistItem, Lab, ProbeReading

KUMA = "Uptime Kuma"
NOT_KEPT = "What the monitors said then is not kept."
NONE_READ = "No status page of an Uptime Kuma was read."


def build_monitor_item(lab: Lab, facts: ReportFacts, check: ChecklistItem) -> ReportItem:
    if facts.monitors is None:
        return ReportItem(check.key, check.title, ItemState.UNKNOWN, NOT_KEPT)
    if not facts.monitors:
        return ReportItem(check.key, check.title, ItemState.NOT_CHECKED, NONE_READ)
    told = {name: _find_worst_status(facts, name) for name in check.names}
    newest = max(monitor.last_seen for monitor in facts.monitors)
    down = [name for name in check.names if told[name] == MonitorStatus.DOWN]
    unclear = [
        name for name in check.names if told[name] not in {MonitorStatus.DOWN, MonitorStatus.UP}
    ]
    if excuse := next(filter(None, (_explain_no_fault(lab, facts, name) for name in down)), ""):
        state, proof = ItemState.UNKNOWN, f"Down: {join_names(down)}, but {excuse}."
    elif down:
        state, proof = ItemState.FAILS, f"Down: {join_names(down)}."
    elif unclear:
        state, proof = ItemState.UNKNOWN, f"`{unclear[0]}`: {told[unclear[0]]}."
    else:
        state, proof = ItemState.HOLDS, f"Up: {join_names(check.names)}."
    return ReportItem(check.key, check.title, state, proof, KUMA, newest)


def _find_worst_status(facts: ReportFacts, probe: str) -> str:
    """The worst of what the monitors of this probe's URL say, or why that is not known."""
    said = [
        _describe_monitor(facts, each) for each in facts.monitors or () if each.watches == probe
    ]
    if not said:
        return "no monitor is known to watch its URL"
    if MonitorStatus.DOWN in said:
        return MonitorStatus.DOWN
    return next((status for status in said if status != MonitorStatus.UP), MonitorStatus.UP)


def _describe_monitor(facts: ReportFacts, monitor: Monitor) -> str:
    beat = monitor.beat_at
    if beat is None or facts.moment - min(beat, monitor.last_seen) > result_lifetime():
        return f"its monitor's newest beat is {f'from {format_time(beat)}' if beat else 'missing'}"
    if facts.snapshot and beat < facts.snapshot.first_seen + SETTLE:
        early = f"its monitor's newest beat, {format_time(beat)}, is from before the newest change"
        early = f"{early} settled"
        return f"{early}; the next one tells"
    return monitor.status


def _explain_no_fault(lab: Lab, facts: ReportFacts, probe: str) -> str:
    """Of the way to the URL, or of Uptime Kuma's own way out."""
    asked = (
        each.flows.values()
        for each in lab.probes
        if each.name == probe or each.reading is ProbeReading.UPTIME_KUMA
    )
    return next(filter(None, map(facts.explain_no_fault, chain.from_iterable(asked))), "")
