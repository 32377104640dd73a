"""Serves an application on a socket that the demo opened: `python -m demo.serve FACTORY FD`.

A socket of the parent's, because it alone can tell that a port is free and then keep it.
"""

import socket
import sys

import uvicorn

from demo.http import Application


def create_web_application() -> Application:
    """The product's own, which wants Django's settings as soon as it is imported."""
    from config.asgi import application  # noqa: PLC0415

    return application


def main(factory: str, descriptor: str) -> None:
    config = uvicorn.Config(
        factory,
        factory=True,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(descriptor))])


if __name__ == "__main__":
    main(*sys.argv[1:])
