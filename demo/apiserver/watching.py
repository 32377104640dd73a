"""Watches: what changed since a version, told as it happens."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from demo.apiserver.paging import COMPACTED_AFTER, chosen, moment_of, number
from demo.apiserver.refusals import expired
from demo.apiserver.resources import Object, Resource, key, resource_version
from demo.classroom.roster import Classroom

TICK = 0.5
"""Seconds between two looks at the class."""
BOOKMARK_EVERY = timedelta(seconds=60)
LAST_BOOKMARK = timedelta(seconds=2)
"""Before the end, so that the client can go on from there."""
LONGEST = timedelta(minutes=30)

State = dict[tuple[str, str], Object]


@dataclass(frozen=True, slots=True)
class Watch:
    """One client's wish: objects of a kind in a namespace (or, with "", in all)."""

    room: Classroom
    resource: Resource
    namespace: str
    query: Mapping[str, str] = field(hash=False)
    now: Callable[[], datetime]

    async def events(self) -> AsyncIterator[Object]:
        """Events until the time is up; one error event where the version is too old."""
        began = self.now()
        ends = began + (timedelta(seconds=number(self.query, "timeoutSeconds")) or LONGEST)
        version = number(self.query, "resourceVersion")
        if version and moment_of(version) < began - COMPACTED_AFTER:
            yield self._too_old(version, began)
            return
        # Nothing is told of a version that is still to come, though it could be.
        seen = self._state(min(moment_of(version), began)) if version else {}
        marks = self._marks(began, ends)
        mark = next(marks)
        if not version:
            for event in self._initial(began):
                yield event
            seen = self._state(began)
        while (moment := self.now()) < ends:
            present = self._state(moment)
            for event in changes(seen, present):
                yield self._typed(event)
            seen = present
            if moment >= mark:
                yield self._bookmark(moment)
                mark = next(marks)
            await asyncio.sleep(TICK)

    def _state(self, moment: datetime) -> State:
        found = chosen(self.room, self.resource, self.namespace, self.query, moment)
        return {key(item): item for item in found}

    def _initial(self, moment: datetime) -> Iterator[Object]:
        for event in changes({}, self._state(moment)):
            yield self._typed(event)
        if self.query.get("sendInitialEvents") == "true":
            yield self._bookmark(moment, {"k8s.io/initial-events-end": "true"})

    def _marks(self, began: datetime, ends: datetime) -> Iterator[datetime]:
        if self.query.get("allowWatchBookmarks") in {"true", "1"}:
            mark = began + BOOKMARK_EVERY
            while mark < ends - LAST_BOOKMARK:
                yield mark
                mark += BOOKMARK_EVERY
            yield ends - LAST_BOOKMARK
        yield ends

    def _typed(self, event: Object) -> Object:
        """A watched object says what it is, unlike an item of a list."""
        kind = {"kind": self.resource.kind, "apiVersion": self.resource.api_version}
        return {"type": event["type"], "object": kind | event["object"]}

    def _bookmark(self, moment: datetime, annotations: Mapping[str, str] | None = None) -> Object:
        metadata: Object = {
            "resourceVersion": str(resource_version(moment)),
            "creationTimestamp": None,
        }
        if annotations:
            metadata["annotations"] = dict(annotations)
        empty: Object = (
            {"spec": {"podSelector": {}}} if self.resource.kind == "NetworkPolicy" else {}
        )
        return self._typed({"type": "BOOKMARK", "object": {"metadata": metadata} | empty})

    def _too_old(self, version: int, moment: datetime) -> Object:
        """With status 200: the stream has begun when the server finds out."""
        oldest = resource_version(moment - COMPACTED_AFTER)
        refusal = expired(f"too old resource version: {version} ({oldest})")
        return {"type": "ERROR", "object": refusal.status}


def changes(before: State, after: State) -> Iterator[Object]:
    for name, item in after.items():
        if name not in before:
            yield {"type": "ADDED", "object": item}
        elif item != before[name]:
            yield {"type": "MODIFIED", "object": item}
    for name in before.keys() - after.keys():
        yield {"type": "DELETED", "object": before[name]}
