"""Lists in pages: all pages of a list show the moment at which the first one was asked for."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from demo.apiserver.metadata import Object, resource_version, sort_key
from demo.apiserver.refusals import bad_request, gone_version
from demo.apiserver.resources import ResourceKind, list_objects
from demo.apiserver.selectors import parse_selectors
from demo.classroom.roster import Classroom

COMPACTED_AFTER = timedelta(minutes=5)
"""How far back a list may go on, or a watch begin."""


@dataclass(frozen=True, slots=True)
class ContinueToken:
    """Where a list goes on: after the object with this key, as of this version."""

    version: int
    after: tuple[str, str]

    def __str__(self) -> str:
        text = json.dumps({"rv": self.version, "start": self.after})
        return base64.urlsafe_b64encode(text.encode()).decode()


def list_page(
    room: Classroom, resource: ResourceKind, namespace: str, query: Mapping[str, str], now: datetime
) -> Object:
    """One page of a list, with what it takes to ask for the next."""
    limit = parse_number(query, "limit")
    token = _parse_token(query["continue"], now) if query.get("continue") else None
    moment = parse_version(token.version) if token else now
    found = select_objects(room, resource, namespace, query, moment)
    rest = [item for item in found if token is None or sort_key(item) > token.after]
    # A real server answers `resourceVersion=0` from its cache, which knows no pages.
    if not limit or (query.get("resourceVersion") == "0" and token is None):
        limit = len(rest)
    shown, left = rest[:limit], rest[limit:]
    metadata: Object = {"resourceVersion": str(resource_version(moment))}
    if left:
        metadata["continue"] = str(ContinueToken(resource_version(moment), sort_key(shown[-1])))
        if not query.get("labelSelector") and not query.get("fieldSelector"):
            metadata["remainingItemCount"] = len(left)
    return {
        "kind": f"{resource.kind}List",
        "apiVersion": resource.api_version,
        "metadata": metadata,
        "items": shown,
    }


def select_objects(
    room: Classroom,
    resource: ResourceKind,
    namespace: str,
    query: Mapping[str, str],
    moment: datetime,
) -> list[Object]:
    wanted = parse_selectors(query)
    return [item for item in list_objects(room, resource, namespace, moment) if wanted(item)]


def parse_version(version: int) -> datetime:
    try:
        return datetime.fromtimestamp(version / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        raise bad_request(f"invalid resource version: {version}") from None


def parse_number(query: Mapping[str, str], name: str) -> int:
    text = query.get(name) or "0"
    if not text.isascii() or not text.isdecimal():
        raise bad_request(f"{name}: Invalid value: {text!r}: must be a number")
    return int(text)


def _parse_token(text: str, now: datetime) -> ContinueToken:
    try:
        fields = json.loads(base64.urlsafe_b64decode(text))
        namespace, name = fields["start"]
        token = ContinueToken(int(fields["rv"]), (str(namespace), str(name)))
    except (ValueError, TypeError, KeyError):
        raise bad_request("continue key is not valid") from None
    if parse_version(token.version) < now - COMPACTED_AFTER:
        raise gone_version(
            "The provided continue parameter is too old to display a consistent list result. "
            "You can start a new list without the continue parameter, or use the continue token "
            "in this response to retrieve the remainder of the results.",
            str(ContinueToken(resource_version(now), token.after)),
        )
    return token
