"""Watches: what changed since a version, told as it happens."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from demo.apiserver.metadata import Object, resource_version, sort_key
from demo.apiserver.paging import COMPACTED_AFTER, parse_number, parse_version, select_objects
from demo.apiserver.refusals import gone_version
from demo.apiserver.resources import ResourceKind
from demo.classroom.roster import Classroom

TICK = 0.5
"""Seconds between two looks at the class."""
BOOKMARK_EVERY = timedelta(seconds=60)
LAST_BOOKMARK = timedelta(seconds=2)
"""Before the end, so that the client can go on from there."""
LONGEST = timedelta(minutes=30)

ObjectsByKey = dict[tuple[str, str], Object]


@dataclass(frozen=True, slots=True)
class WatchRequest:
    """One client's wish: objects of a kind in a namespace (or, with "", in all)."""

    room: Classroom
    resource: ResourceKind
    namespace: str
    query: Mapping[str, str] = field(hash=False)
    now: Callable[[], datetime]

    async def stream_events(self) -> AsyncIterator[Object]:
        """Events until the time is up; one error event where the version is too old."""
        began = self.now()
        ends = began + (timedelta(seconds=parse_number(self.query, "timeoutSeconds")) or LONGEST)
        version = parse_number(self.query, "resourceVersion")
        if version and parse_version(version) < began - COMPACTED_AFTER:
            yield self._too_old(version, began)
            return
        # Nothing is told of a version that is still to come, though it could be.
        seen = self._objects_at(min(parse_version(version), began)) if version else {}
        marks = self._bookmark_times(began, ends)
        mark = next(marks)
        if not version:
            for event in self._initial_events(began):
                yield event
            seen = self._objects_at(began)
        while (moment := self.now()) < ends:
            present = self._objects_at(moment)
            for event in compare_objects(seen, present):
                yield self._build_event(event)
            seen = present
            if moment >= mark:
                yield self._build_bookmark(moment)
                mark = next(marks)
            await asyncio.sleep(TICK)

    def _objects_at(self, moment: datetime) -> ObjectsByKey:
        found = select_objects(self.room, self.resource, self.namespace, self.query, moment)
        return {sort_key(item): item for item in found}

    def _initial_events(self, moment: datetime) -> Iterator[Object]:
        for event in compare_objects({}, self._objects_at(moment)):
            yield self._build_event(event)
        if self.query.get("sendInitialEvents") == "true":
            yield self._build_bookmark(moment, {"k8s.io/initial-events-end": "true"})

    def _bookmark_times(self, began: datetime, ends: datetime) -> Iterator[datetime]:
        if self.query.get("allowWatchBookmarks") in {"true", "1"}:
            mark = began + BOOKMARK_EVERY
            while mark < ends - LAST_BOOKMARK:
                yield mark
                mark += BOOKMARK_EVERY
            yield ends - LAST_BOOKMARK
        yield ends

    def _build_event(self, event: Object) -> Object:
        """A watched object says what it is, unlike an item of a list."""
        kind = {"kind": self.resource.kind, "apiVersion": self.resource.api_version}
        return {"type": event["type"], "object": kind | event["object"]}

    def _build_bookmark(
        self, moment: datetime, annotations: Mapping[str, str] | None = None
    ) -> Object:
        metadata: Object = {
            "resourceVersion": str(resource_version(moment)),
            "creationTimestamp": None,
        }
        if annotations:
            metadata["annotations"] = dict(annotations)
        empty: Object = (
            {"spec": {"podSelector": {}}} if self.resource.kind == "NetworkPolicy" else {}
        )
        return self._build_event({"type": "BOOKMARK", "object": {"metadata": metadata} | empty})

    def _too_old(self, version: int, moment: datetime) -> Object:
        """With status 200: the stream has begun when the server finds out."""
        oldest = resource_version(moment - COMPACTED_AFTER)
        refusal = gone_version(f"too old resource version: {version} ({oldest})")
        return {"type": "ERROR", "object": refusal.status_object}


def compare_objects(before: ObjectsByKey, after: ObjectsByKey) -> Iterator[Object]:
    for name, item in after.items():
        if name not in before:
            yield {"type": "ADDED", "object": item}
        elif item != before[name]:
            yield {"type": "MODIFIED", "object": item}
    for name in before.keys() - after.keys():
        yield {"type": "DELETED", "object": before[name]}
