"""The lab's checklist as items of a report."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dashboard.assess.flow_answers import FlowAnswers
from dashboard.assess.probe_votes import ObservedFlow
from dashboard.models import ObservedOutcome, ProbeSign
from dashboard.web.reports.facts import OUTAGE, ReportFacts
from dashboard.web.reports.items import ItemState, ReportItem, join_names, write_sentence
from dashboard.web.reports.monitors import build_monitor_item
from dashboard.web.reports.steps import POLICIES
from netpol.lab import (
    ChecklistItem,
    CheckSource,
    Lab,
    Probe,
    ProbeReading,
)
from netpol.model import Outcome


def build_checklist(
    lab: Lab, facts: ReportFacts, steps: Sequence[ReportItem]
) -> tuple[ReportItem, ...]:
    """`steps` are the lab's, as items. The checklist is of the environment of the lab alone."""
    return tuple(
        _build_check_item(lab, facts, steps, check).in_group(check.group) for check in lab.checklist
    )


def _build_check_item(
    lab: Lab, facts: ReportFacts, steps: Sequence[ReportItem], check: ChecklistItem
) -> ReportItem:
    of, here = lab.namespaces.environments[0], facts.namespace.environment
    if here != of:
        return _new_item(
            check, ItemState.NOT_CHECKED, f"The lab is done in {of}, and this is {here}."
        )
    match check.source:
        case CheckSource.NOT_CHECKED:
            item = _new_item(check, ItemState.NOT_CHECKED, check.reason)
        case CheckSource.STEP:
            step = next(item for item in steps if item.key in check.names)
            item = replace(step, key=check.key, title=check.title)
        case CheckSource.PODS_READY:
            item = _check_pods(lab, facts, check)
        case CheckSource.POLICIES_EXIST:
            item = _check_policies(facts, check)
        case CheckSource.FLOWS_REACHED:
            known = {flow: facts.answers[flow] for flow in check.names if flow in facts.answers}
            item = _check_observations(
                facts, check, {flow: each.observed for flow, each in known.items()}
            )
        case CheckSource.PROBE:
            item = _check_probe(
                facts, check, next(each for each in lab.probes if each.name in check.names)
            )
        case CheckSource.MONITORS:
            item = build_monitor_item(lab, facts, check)
    return item


def _new_item(check: ChecklistItem, state: ItemState, proof: str, source: str = "") -> ReportItem:
    return ReportItem(check.key, check.title, state, proof, source)


def _check_pods(lab: Lab, facts: ReportFacts, check: ChecklistItem) -> ReportItem:
    pods, source = facts.pods, "pod status"
    if pods is None:
        return _new_item(check, ItemState.UNKNOWN, "The pods were not seen then.")
    absent = [name for name in check.names if name not in pods]
    waiting = [name for name in check.names if name in pods and pods[name].unready]
    if absent:
        return _new_item(
            check, ItemState.FAILS, f"There is no pod of {join_names(absent)}.", source
        )
    if waiting:
        state = ItemState.UNKNOWN if facts.outages else ItemState.FAILS
        why = "".join(_explain_waiting(lab, facts, name) for name in waiting)
        outage = f" But {OUTAGE}: {', '.join(sorted(facts.outages))}." if facts.outages else ""
        return _new_item(check, state, f"Not ready: {join_names(waiting)}.{why}{outage}", source)
    told = (
        f"{name} {pods[name].ready} ready, {pods[name].restarts} restarts" for name in check.names
    )
    return _new_item(check, ItemState.HOLDS, f"{'; '.join(told)}.", source)


def _explain_waiting(lab: Lab, facts: ReportFacts, entity: str) -> str:
    """A pod whose readiness hangs on a flow that the policies close is no fault of the pod."""
    needs = [name for name in lab.find_entity(entity).ready_needs if name in facts.answers]
    closed = [name for name in needs if facts.answers[name].predicted is not Outcome.ALLOW]
    return (
        f" {entity} waits for {' and '.join(closed)}, not open by the policies." if closed else ""
    )


def _check_policies(facts: ReportFacts, check: ChecklistItem) -> ReportItem:
    if facts.snapshot is None:
        return _new_item(check, ItemState.UNKNOWN, facts.why_unknown)
    names = [policy["metadata"]["name"] for policy in facts.policies]
    if not names:
        proof = "No policy is there that would show it, and rights themselves are not read."
        return _new_item(check, ItemState.NOT_CHECKED, proof)
    created = f"{join_names(names[:3])}{' and others' if names[3:] else ''}"
    proof = (
        f"Somebody created {created}. The dashboard does not see who: the student, GitOps or an"
        " instructor."
    )
    since = facts.snapshot.first_seen
    return ReportItem(check.key, check.title, ItemState.HOLDS, proof, POLICIES, since)


def _check_probe(facts: ReportFacts, check: ChecklistItem, probe: Probe) -> ReportItem:
    known = {flow: facts.answers[flow] for flow in probe.flows.values() if flow in facts.answers}
    looks = {flow: _find_observation(probe, answers) for flow, answers in known.items()}
    item = _check_observations(facts, check, {flow: look for flow, look in looks.items() if look})
    counts = probe.reading is not ProbeReading.APP_VISITS or any(
        look and look.sign is ProbeSign.COUNTED for look in looks.values()
    )
    if item.state is ItemState.HOLDS and not counts:
        return _new_item(
            check, ItemState.UNKNOWN, "The probe got an answer, but no count.", item.source
        )
    return item


def _find_observation(probe: Probe, answers: FlowAnswers) -> ObservedFlow | None:
    """What this very probe saw, whoever else looked."""
    seen = (answers.observed, *answers.observed.others)
    return next((look for look in seen if look.method == probe.name), None)


def _check_observations(
    facts: ReportFacts, check: ChecklistItem, looks: Mapping[str, ObservedFlow]
) -> ReportItem:
    """Blocked is told before unknown: it is known not to hold."""
    if not looks or not any(look.seen for look in looks.values()):
        reason = next((look.reason for look in looks.values()), "no probe looks at it")
        return _new_item(check, ItemState.NOT_CHECKED, write_sentence(reason))
    newest = max(look.seen for look in looks.values() if look.seen)
    source = ", ".join(sorted({name_observer(look) for look in looks.values() if look.seen}))
    blocked = [name for name, look in looks.items() if look.outcome is ObservedOutcome.BLOCKED]
    unknown = [name for name, look in looks.items() if not look.is_definite]
    excused = [(name, excuse) for name in blocked if (excuse := facts.explain_no_fault(name))]
    state, proof = (
        ItemState.HOLDS,
        "; ".join(f"{name}: {look.reason}" for name, look in looks.items()),
    )
    if len(excused) < len(blocked):
        name = next(name for name in blocked if not facts.explain_no_fault(name))
        state, proof = ItemState.FAILS, f"{name} was seen blocked: {looks[name].reason}"
    elif excused:
        name, excuse = excused[0]
        state, proof = ItemState.UNKNOWN, f"{name} was seen blocked, but {excuse}"
    elif unknown:
        state, proof = ItemState.UNKNOWN, f"{unknown[0]}: {looks[unknown[0]].reason}"
    return ReportItem(check.key, check.title, state, f"{proof}.", source, newest)


def name_observer(look: ObservedFlow) -> str:
    return f"probe {look.method} from {look.vantage}"
