"""Whole lists of objects, page by page: of one namespace, of all, or namespace by namespace."""

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from math import ceil

from dashboard.collect.cluster.connection import (
    REQUESTS_AT_ONCE,
    ClusterConnection,
    ClusterError,
    ClusterRefusal,
)
from netpol.kinds import ObjectKind
from netpol.parse import Json

PAGE_SIZE = 500
TRIES = 3

ListAnswer = list[Json] | ClusterRefusal
"""The objects, or why the server did not list them."""
AnswersByNamespace = Mapping[str, ListAnswer]

_ABOUT_EVERYTHING = {HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS}
"""These refusals concern more than the namespace that was asked for."""


def list_objects(connection: ClusterConnection, path: str, *, quietly: bool = False) -> list[Json]:
    """All objects of one list, as they were at one moment. `quietly` reports no progress.

    The server answers 410 to a page that is asked for too late, with a token to go on where the
    rest may be of another moment. That token is ignored: the list begins again.
    """
    for _ in range(TRIES):
        try:
            return _list_pages(connection, path, quietly=quietly)
        except ClusterRefusal as refusal:
            if refusal.status != HTTPStatus.GONE:
                raise
    raise ClusterError(
        f"{connection.server} forgot the list {path} before it was read, {TRIES} times. "
        "The connection to it is too slow."
    )


def _list_pages(connection: ClusterConnection, path: str, *, quietly: bool) -> list[Json]:
    found: list[Json] = []
    query = {"limit": str(PAGE_SIZE)}
    while True:
        answer = connection.get_json(path, query)
        metadata, items = answer.get("metadata") or {}, answer.get("items") or []
        is_list = isinstance(metadata, dict) and isinstance(items, list)
        if not (is_list and all(map(_is_object, items))):
            raise ClusterError(f"{connection.server} answered {path} with no list of objects.")
        # A bookmark looks like an object without a name.
        found += [item for item in items if item["metadata"].get("name")]
        left = metadata.get("remainingItemCount")
        total = len(found) + (left if isinstance(left, int) else 0)
        if not quietly:
            connection.report_progress(f"reading {path.rpartition('/')[2]}", len(found), total)
        if not (token := metadata.get("continue")):
            return found
        query["continue"] = str(token)


def _is_object(item: object) -> bool:
    match item:
        case {"metadata": dict(metadata)}:
            return all(isinstance(metadata.get(key) or "", str) for key in ("name", "namespace"))
    return False


def list_by_namespace(
    connection: ClusterConnection,
    kind: ObjectKind,
    names: Collection[str],
    *,
    patience: int | None = None,
) -> AnswersByNamespace:
    """By one list where that is allowed, else by one for each namespace.

    Raises `ClusterRefusal` for a refusal that concerns more than one namespace. With a `patience`
    that is also one where the kind is forbidden class-wide and in so many sampled namespaces.
    """
    try:
        listed = list_objects(connection, kind.list_path())
    except ClusterRefusal as refusal:
        if refusal.status != HTTPStatus.FORBIDDEN:
            raise
        sample = [] if patience is None else [*names][:: max(1, ceil(len(names) / patience))]
        tried = _list_one_by_one(connection, kind, sample, quietly=True)
        if sample and all(is_forbidden(answer) for answer in tried.values()):
            raise
        return _list_one_by_one(connection, kind, names)
    groups: dict[str, list[Json]] = {name: [] for name in names}
    for item in listed:
        if (name := item["metadata"].get("namespace")) in groups:
            groups[name].append(item)
    return groups


def is_forbidden(answer: ListAnswer) -> bool:
    return isinstance(answer, ClusterRefusal) and answer.status == HTTPStatus.FORBIDDEN


def _list_one_by_one(
    connection: ClusterConnection,
    kind: ObjectKind,
    names: Collection[str],
    *,
    quietly: bool = False,
) -> AnswersByNamespace:
    final: list[ClusterRefusal] = []

    def list_one(name: str) -> ListAnswer:
        if final:
            raise final[0]
        try:
            return list_objects(connection, kind.list_path(name), quietly=True)
        except ClusterRefusal as refusal:
            if refusal.status in _ABOUT_EVERYTHING:
                final.append(refusal)
                raise
            return refusal

    answers: dict[str, ListAnswer] = {}
    pool = ThreadPoolExecutor(REQUESTS_AT_ONCE)
    try:
        for name, answer in zip(names, pool.map(list_one, names), strict=True):
            answers[name] = answer
            if not quietly:
                connection.report_progress(f"reading {kind.plural}", len(answers), len(names))
    finally:
        # An error must not wait for a thousand namespaces that nobody wants any more.
        pool.shutdown(wait=False, cancel_futures=True)
    return answers
