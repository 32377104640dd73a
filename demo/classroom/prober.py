"""The course's own probers in students' namespaces: what each run left as its last words.

They try what `deploy/prober` has them try, and say it as its program does.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from demo.classroom.roster import StudentNamespace

TARGETS = Path(__file__).resolve().parents[2] / "deploy" / "prober" / "base" / "targets.json"
EVERY = timedelta(minutes=2)
TIMEOUT_MS = 3000


@dataclass(frozen=True, slots=True)
class ProberRun:
    """One that has ended; `number` is as the CronJob's controller counts, in minutes."""

    entity: str
    number: int
    ended: datetime
    message: str


@cache
def load_targets() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """By entity and flow."""
    found: Mapping[str, Mapping[str, Mapping[str, Any]]] = json.loads(TARGETS.read_text("utf-8"))
    return found


def has_probers(namespace: StudentNamespace) -> bool:
    """The course has rolled them out to two of three."""
    return namespace.environment == "dev" and namespace.student.number % 3 != 2


def list_newest_runs(namespace: StudentNamespace, moment: datetime) -> list[ProberRun]:
    """The newest one of each entity that had ended by then."""
    return [_build_run(namespace, entity, moment) for entity in load_targets()]


def _build_run(namespace: StudentNamespace, entity: str, moment: datetime) -> ProberRun:
    seconds = int((moment - _end_delay(namespace)).timestamp())
    started = seconds - seconds % int(EVERY.total_seconds())
    ended = datetime.fromtimestamp(started, moment.tzinfo) + _end_delay(namespace)
    return ProberRun(entity, started // 60, ended, _format_message(namespace, entity, ended))


def _end_delay(namespace: StudentNamespace) -> timedelta:
    """Of the end after the minute: a pod has to be scheduled, and its slowest flow to time out."""
    return timedelta(seconds=5 + crc32(namespace.name.encode()) % 6)


def _format_message(namespace: StudentNamespace, entity: str, moment: datetime) -> str:
    flows = {
        flow: _probe_flow(namespace, entity, flow, target, moment)
        for flow, target in load_targets()[entity].items()
    }
    said = {
        "v": 1,
        "namespace": namespace.name,
        "entity": entity,
        "at": f"{moment:%FT%TZ}",
        "flows": flows,
    }
    return json.dumps(said, separators=(",", ":"))


def _probe_flow(
    namespace: StudentNamespace,
    entity: str,
    flow: str,
    target: Mapping[str, Any],
    moment: datetime,
) -> list[Any]:
    through = namespace.open_flows_at(moment).names
    # Redis' Service is headless, so its name has to be looked up; the app's has an address.
    if target.get("host") == "redis" and f"{entity} to DNS" not in through:
        return ["no-name", 2 * TIMEOUT_MS]
    if target.get("service") and not namespace.app_state_at(moment).ready:
        return ["service-refused", 1]
    if flow in through:
        return ["connected", 2]
    return ["timeout", 2 * TIMEOUT_MS if target.get("dns") else TIMEOUT_MS]
