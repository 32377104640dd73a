"""The objects of one kind, namespace by namespace: by one list if that is allowed, else by many."""

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from math import ceil

from dashboard.collect.cluster.connection import REQUESTS_AT_ONCE, ClusterConnection, ClusterRefusal
from dashboard.collect.cluster.listing import list_objects
from dashboard.health.work import ProgressCallback, ignore_progress
from netpol.kinds import ObjectKind
from netpol.parse import Json

ListAnswer = list[Json] | ClusterRefusal
"""The objects, or why they were not told."""
AnswersByNamespace = Mapping[str, ListAnswer]

_ABOUT_EVERYTHING = {HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS}
"""No fault of the one namespace that happened to be asked for."""


def list_by_namespace(
    connection: ClusterConnection,
    kind: ObjectKind,
    names: Collection[str],
    report_progress: ProgressCallback,
    *,
    patience: int | None = None,
) -> AnswersByNamespace:
    """Raises `Refused` for what is not about one namespace.

    With a `patience` that is also where the kind is forbidden class-wide and in so many namespaces,
    at most, from all over the class.
    """
    try:
        return _group_by_namespace(
            list_objects(connection, kind.list_path(), report_progress), names
        )
    except ClusterRefusal as refusal:
        if refusal.status != HTTPStatus.FORBIDDEN:
            raise
        first = [] if patience is None else [*names][:: max(1, ceil(len(names) / patience))]
        tried = _list_one_by_one(connection, kind, first, ignore_progress)
        if first and all(_is_forbidden(answer) for answer in tried.values()):
            raise
    return _list_one_by_one(connection, kind, names, report_progress)


def _is_forbidden(answer: ListAnswer) -> bool:
    return isinstance(answer, ClusterRefusal) and answer.status == HTTPStatus.FORBIDDEN


def _group_by_namespace(listed: list[Json], names: Collection[str]) -> AnswersByNamespace:
    groups: dict[str, list[Json]] = {name: [] for name in names}
    for item in listed:
        if (name := item["metadata"].get("namespace")) in groups:
            groups[name].append(item)
    return groups


def _list_one_by_one(
    connection: ClusterConnection,
    kind: ObjectKind,
    names: Collection[str],
    report_progress: ProgressCallback,
) -> AnswersByNamespace:
    final: list[ClusterRefusal] = []

    def answer(name: str) -> ListAnswer:
        if final:
            raise final[0]
        try:
            return list_objects(connection, kind.list_path(name), ignore_progress)
        except ClusterRefusal as refusal:
            if refusal.status in _ABOUT_EVERYTHING:
                final.append(refusal)
                raise
            return refusal

    answers: dict[str, ListAnswer] = {}
    pool = ThreadPoolExecutor(REQUESTS_AT_ONCE)
    try:
        for name, answered in zip(names, pool.map(answer, names), strict=True):
            answers[name] = answered
            report_progress(f"reading {kind.plural}", len(answers), len(names))
    finally:
        # What broke it off must not wait for a thousand namespaces that nobody wants any more.
        pool.shutdown(wait=False, cancel_futures=True)
    return answers
