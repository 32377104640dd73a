"""The objects of one kind, namespace by namespace: by one list if that is allowed, else by many."""

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from math import ceil

from dashboard.collect.cluster.connection import AT_ONCE, Connection, Refused
from dashboard.collect.cluster.listing import items
from dashboard.health.work import ProgressCallback, ignore_progress
from netpol.kinds import ObjectKind
from netpol.parse import Json

Answer = list[Json] | Refused
"""The objects, or why they were not told."""
Answers = Mapping[str, Answer]

_ABOUT_EVERYTHING = {HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS}
"""No fault of the one namespace that happened to be asked for."""


def by_namespace(
    connection: Connection,
    kind: ObjectKind,
    names: Collection[str],
    report_progress: ProgressCallback,
    *,
    patience: int | None = None,
) -> Answers:
    """Raises `Refused` for what is not about one namespace.

    With a `patience` that is also where the kind is forbidden class-wide and in so many namespaces,
    at most, from all over the class.
    """
    try:
        return _grouped(items(connection, kind.list_path(), report_progress), names)
    except Refused as refusal:
        if refusal.status != HTTPStatus.FORBIDDEN:
            raise
        first = [] if patience is None else [*names][:: max(1, ceil(len(names) / patience))]
        tried = _one_by_one(connection, kind, first, ignore_progress)
        if first and all(_is_forbidden(answer) for answer in tried.values()):
            raise
    return _one_by_one(connection, kind, names, report_progress)


def _is_forbidden(answer: Answer) -> bool:
    return isinstance(answer, Refused) and answer.status == HTTPStatus.FORBIDDEN


def _grouped(listed: list[Json], names: Collection[str]) -> Answers:
    groups: dict[str, list[Json]] = {name: [] for name in names}
    for item in listed:
        if (name := item["metadata"].get("namespace")) in groups:
            groups[name].append(item)
    return groups


def _one_by_one(
    connection: Connection,
    kind: ObjectKind,
    names: Collection[str],
    report_progress: ProgressCallback,
) -> Answers:
    final: list[Refused] = []

    def answer(name: str) -> Answer:
        if final:
            raise final[0]
        try:
            return items(connection, kind.list_path(name), ignore_progress)
        except Refused as refusal:
            if refusal.status in _ABOUT_EVERYTHING:
                final.append(refusal)
                raise
            return refusal

    answers: dict[str, Answer] = {}
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        for name, answered in zip(names, pool.map(answer, names), strict=True):
            answers[name] = answered
            report_progress(f"reading {kind.plural}", len(answers), len(names))
    finally:
        # What broke it off must not wait for a thousand namespaces that nobody wants any more.
        pool.shutdown(wait=False, cancel_futures=True)
    return answers
