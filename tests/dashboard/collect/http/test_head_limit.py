"""The head of an answer is read in sips, for between them it is the others' turn."""

import asyncio
import socket

import pytest

from dashboard.collect.http.head_limit import (
    BYTES_PER_READ,
    MOST_HEAD_BYTES,
    HeadLimit,
    HeadTooLargeError,
)
from tests.hostile import serving


def much(connection: socket.socket, _: str) -> None:
    connection.sendall(bytes(8 * MOST_HEAD_BYTES))


async def sizes(port: int, limit: HeadLimit) -> list[int]:
    """Of what single reads brought until the head, or else what was sent, was at its end."""
    stream = await limit.connect_tcp("127.0.0.1", port)
    found: list[int] = []
    try:
        await stream.write(b"GET / HTTP/1.1\r\n\r\n")
        while received := await stream.read(64 * 1024):
            found.append(len(received))
    except HeadTooLargeError:
        pass
    finally:
        await stream.aclose()
    return found


@pytest.mark.parametrize(
    ("has_come", "most_at_once", "most"),
    [(False, BYTES_PER_READ, MOST_HEAD_BYTES), (True, 64 * 1024, 8 * MOST_HEAD_BYTES)],
)
def test_only_the_head_is_limited(
    has_come: bool,  # noqa: FBT001  a column of the table
    most_at_once: int,
    most: int,
) -> None:
    limit = HeadLimit()
    limit.is_complete = has_come
    with serving(much) as server:
        found = asyncio.run(sizes(server.port, limit))
    assert max(found) <= most_at_once
    assert sum(found) == most
