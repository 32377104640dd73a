"""The lab's checklist as items of a report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from dashboard.assess.answers import Answers
from dashboard.assess.votes import Observed
from dashboard.models import ObservedOutcome, Sign
from dashboard.web.reports.facts import OUTAGE, Facts
from dashboard.web.reports.item import Item, State, listed, sentence
from dashboard.web.reports.monitors import monitors
from dashboard.web.reports.steps import POLICIES
from netpol.lab import (
    ChecklistItem,
    FlowsReached,
    Lab,
    MonitorsUp,
    NotChecked,
    PodsReady,
    PoliciesExist,
    Probe,
    ProbeReading,
    ProbeSucceeds,
    StepHolds,
)
from netpol.model import Outcome


def checks(lab: Lab, facts: Facts, steps: Sequence[Item]) -> tuple[Item, ...]:
    """`steps` are the lab's, as items. The checklist is of the environment of the lab alone."""
    return tuple(_check(lab, facts, steps, check).under(check.group) for check in lab.checklist)


def _check(lab: Lab, facts: Facts, steps: Sequence[Item], check: ChecklistItem) -> Item:
    of, here = lab.namespaces.environments[0], facts.namespace.environment
    if here != of:
        return _made(check, State.NOT_CHECKED, f"The lab is done in {of}, and this is {here}.")
    match check.source:
        case NotChecked(why):
            item = _made(check, State.NOT_CHECKED, why)
        case StepHolds(key):
            step = next(item for item in steps if item.key == key)
            item = replace(step, key=check.key, title=check.title)
        case PodsReady(entities):
            item = _pods(lab, facts, check, entities)
        case PoliciesExist():
            item = _policies(facts, check)
        case FlowsReached(flows):
            known = {flow: facts.answers[flow] for flow in flows if flow in facts.answers}
            item = _together(facts, check, {flow: each.observed for flow, each in known.items()})
        case ProbeSucceeds(name):
            item = _probe(facts, check, next(each for each in lab.probes if each.name == name))
        case MonitorsUp(names):
            item = monitors(lab, facts, check, names)
    return item


def _made(check: ChecklistItem, state: State, proof: str, source: str = "") -> Item:
    return Item(check.key, check.title, state, proof, source)


def _pods(lab: Lab, facts: Facts, check: ChecklistItem, entities: Iterable[str]) -> Item:
    pods, source = facts.pods, "pod status"
    if pods is None:
        return _made(check, State.UNKNOWN, "The pods were not seen then.")
    absent = [name for name in entities if name not in pods]
    waiting = [name for name in entities if name in pods and pods[name].unready]
    if absent:
        return _made(check, State.FAILS, f"There is no pod of {listed(absent)}.", source)
    if waiting:
        state = State.UNKNOWN if facts.outages else State.FAILS
        why = "".join(_waits_for(lab, facts, name) for name in waiting)
        outage = f" But {OUTAGE}: {', '.join(sorted(facts.outages))}." if facts.outages else ""
        return _made(check, state, f"Not ready: {listed(waiting)}.{why}{outage}", source)
    told = (f"{name} {pods[name].ready} ready, {pods[name].restarts} restarts" for name in entities)
    return _made(check, State.HOLDS, f"{'; '.join(told)}.", source)


def _waits_for(lab: Lab, facts: Facts, entity: str) -> str:
    """A pod whose readiness hangs on a flow that the policies close is no fault of the pod."""
    needs = [name for name in lab.find_entity(entity).ready_needs if name in facts.answers]
    closed = [name for name in needs if facts.answers[name].predicted is not Outcome.ALLOW]
    return (
        f" {entity} waits for {' and '.join(closed)}, not open by the policies." if closed else ""
    )


def _policies(facts: Facts, check: ChecklistItem) -> Item:
    if facts.snapshot is None:
        return _made(check, State.UNKNOWN, facts.why_unknown)
    names = [policy["metadata"]["name"] for policy in facts.policies]
    if not names:
        proof = "No policy is there that would show it, and rights themselves are not read."
        return _made(check, State.NOT_CHECKED, proof)
    proof = (
        f"Somebody created {listed(names[:3])}{' and others' if names[3:] else ''}. By whom is not"
        " seen: it may have been the student, GitOps or an instructor."
    )
    since = facts.snapshot.first_seen
    return Item(check.key, check.title, State.HOLDS, proof, POLICIES, since)


def _probe(facts: Facts, check: ChecklistItem, probe: Probe) -> Item:
    known = {flow: facts.answers[flow] for flow in probe.flows.values() if flow in facts.answers}
    looks = {flow: _by(probe, answers) for flow, answers in known.items()}
    item = _together(facts, check, {flow: look for flow, look in looks.items() if look})
    counts = probe.reading is not ProbeReading.APP_VISITS or any(
        look and look.sign is Sign.COUNTED for look in looks.values()
    )
    if item.state is State.HOLDS and not counts:
        return _made(check, State.UNKNOWN, "The probe got an answer, but no count.", item.source)
    return item


def _by(probe: Probe, answers: Answers) -> Observed | None:
    """What this very probe saw, whoever else looked."""
    seen = (answers.observed, *answers.observed.others)
    return next((look for look in seen if look.method == probe.name), None)


def _together(facts: Facts, check: ChecklistItem, looks: Mapping[str, Observed]) -> Item:
    """Blocked is told before unknown: it is known not to hold."""
    if not looks or not any(look.seen for look in looks.values()):
        reason = next((look.reason for look in looks.values()), "no probe looks at it")
        return _made(check, State.NOT_CHECKED, sentence(reason))
    newest = max(look.seen for look in looks.values() if look.seen)
    source = ", ".join(sorted({seen_by(look) for look in looks.values() if look.seen}))
    blocked = [name for name, look in looks.items() if look.outcome is ObservedOutcome.BLOCKED]
    unknown = [name for name, look in looks.items() if not look.is_definite]
    excused = [(name, excuse) for name in blocked if (excuse := facts.excuse(name))]
    state, proof = State.HOLDS, "; ".join(f"{name}: {look.reason}" for name, look in looks.items())
    if len(excused) < len(blocked):
        name = next(name for name in blocked if not facts.excuse(name))
        state, proof = State.FAILS, f"{name} was seen blocked: {looks[name].reason}"
    elif excused:
        name, excuse = excused[0]
        state, proof = State.UNKNOWN, f"{name} was seen blocked, but {excuse}"
    elif unknown:
        state, proof = State.UNKNOWN, f"{unknown[0]}: {looks[unknown[0]].reason}"
    return Item(check.key, check.title, state, f"{proof}.", source, newest)


def seen_by(look: Observed) -> str:
    return f"probe {look.method} from {look.vantage}"
