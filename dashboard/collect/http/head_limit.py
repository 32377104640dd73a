"""A connection that reads an answer's head in small pieces and only up to a limit.

The HTTP library reads 64 KiB at a time and skips any number of interim answers at once: a server
that says `100 Continue` for ever would delay everybody else's answers.
"""

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

MOST_HEAD_BYTES = 32 * 1024
"""Bytes before the answer's body begins, interim answers among them."""
BYTES_PER_READ = 4 * 1024


class HeadTooLargeError(Exception):
    """The head had no end within `MOST` bytes."""


class HeadLimit(httpcore.AnyIOBackend):
    """For one request. Once its head `has_come`, the rest is read as the library likes."""

    def __init__(self) -> None:
        self.is_complete = False

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        plain = await super().connect_tcp(host, port, timeout, local_address, socket_options)
        return _LimitedStream(plain, self)


class _LimitedStream(httpcore.AsyncNetworkStream):
    def __init__(self, inner: httpcore.AsyncNetworkStream, head: HeadLimit) -> None:
        self._inner, self._head, self._left = inner, head, MOST_HEAD_BYTES

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._head.is_complete:
            return await self._inner.read(max_bytes, timeout)
        if not self._left:
            raise HeadTooLargeError
        received = await self._inner.read(min(max_bytes, BYTES_PER_READ, self._left), timeout)
        self._left -= len(received)
        return received

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        secured = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        return _LimitedStream(secured, self._head)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
