"""The public URLs of a class, a third of which accept a connection and then never answer."""

import asyncio
import json
import sys
from contextlib import suppress

BEAT = {"status": 1, "time": "2026-01-01 00:00:00.000", "msg": "", "ping": 42}
MONITORS = [{"id": number, "name": name} for number, name in enumerate(("dev /health",), 1)]
ANSWERS: dict[str, object] = {
    "/health": {"redis": "connected"},
    "/visits": {"visits": 7},
    "/api/entry-page": {"type": "entryPage", "entryPage": "statusPage-class"},
    "/api/status-page/class": {"publicGroupList": [{"monitorList": MONITORS}]},
    "/api/status-page/heartbeat/class": {"heartbeatList": {"1": [BEAT] * 50}},
}


def hangs(login: str) -> bool:
    """By the number at the end of a login: every third."""
    return int(login.rpartition("-")[2]) % 3 == 0


async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, asyncio.IncompleteReadError):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        path = head.split(" ", 2)[1]
        host = head.lower().partition("\r\nhost:")[2].split("\r\n")[0].strip()
        if hangs(host.split(".")[0]):
            await reader.read()
        else:
            body = json.dumps(ANSWERS[path]).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()
    writer.close()


async def main(port: int) -> None:
    server = await asyncio.start_server(talk, "127.0.0.1", port, backlog=2048)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
