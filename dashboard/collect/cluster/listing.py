"""Whole lists, page by page."""

from dataclasses import dataclass
from http import HTTPStatus

from dashboard.collect.cluster.connection import ClusterConnection, ClusterError, ClusterRefusal
from dashboard.health.work import ProgressCallback
from netpol.parse import Json

PAGE_SIZE = 500
TRIES = 3


def list_objects(
    connection: ClusterConnection, path: str, report_progress: ProgressCallback
) -> list[Json]:
    """All objects of one list, as they were at one moment.

    A page asked for too late is answered 410 together with a token for going on where the rest
    may be of another moment. That token is not taken: the list begins anew.
    """
    for _ in range(TRIES):
        try:
            return _list_pages(connection, path, report_progress)
        except ClusterRefusal as refusal:
            if refusal.status != HTTPStatus.GONE:
                raise
    raise ClusterError(
        f"{connection.server} forgot the list {path} before it was read, {TRIES} times over. "
        "The connection to it is too slow."
    )


@dataclass(frozen=True, slots=True)
class _Page:
    """`token` is where the list goes on, empty at its end; `left` is often untold."""

    items: list[Json]
    token: str
    left: int


def _list_pages(
    connection: ClusterConnection, path: str, report_progress: ProgressCallback
) -> list[Json]:
    found: list[Json] = []
    query = {"limit": str(PAGE_SIZE)}
    while True:
        page = _parse_page(connection.get_json(path, query))
        if page is None:
            raise ClusterError(f"{connection.server} answered {path} with no list of objects.")
        found += page.items
        report_progress(f"reading {path.rpartition('/')[2]}", len(found), len(found) + page.left)
        if not page.token:
            return found
        query["continue"] = page.token


def _parse_page(answer: Json) -> _Page | None:
    """What has no name is no object: a bookmark looks like one but for that."""
    match answer.get("metadata") or {}, answer.get("items") or []:
        case dict(metadata), list(listed) if all(map(_is_object, listed)):
            named = [item for item in listed if item["metadata"].get("name")]
            left = metadata.get("remainingItemCount")
            token = str(metadata.get("continue") or "")
            return _Page(named, token, left if isinstance(left, int) else 0)
    return None


def _is_object(item: object) -> bool:
    match item:
        case {"metadata": dict(metadata)}:
            return all(isinstance(metadata.get(key) or "", str) for key in ("name", "namespace"))
    return False
