"""What may be chosen about a demo, and the sockets that it listens on."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass


class UnusableError(Exception):
    """The demo cannot start as it was asked to; the text says what to do."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    port: int
    students: int


def read_options(environment: Mapping[str, str]) -> DemoOptions:
    """As make hands them on: PORT and STUDENTS. Raises `UnusableError`."""
    return DemoOptions(
        _read_number(environment, "PORT", 8000, 65535),
        _read_number(environment, "STUDENTS", 28, 500),
    )


def _read_number(environment: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= most):
        raise UnusableError(f"{name}={text} is no number from 1 to {most}.")
    return int(text)


@dataclass(frozen=True, slots=True)
class DemoSockets:
    """Open before anything starts: that a port is free is only known by holding it."""

    web: socket.socket
    api: socket.socket
    public: socket.socket


def open_sockets(port: int) -> DemoSockets:
    """Raises `UnusableError` where the port is not free."""
    try:
        web = open_socket(port)
    except OSError as error:
        raise UnusableError(
            f"Port {port} cannot be used: {error.strerror}. Choose another one, for example: "
            f"make demo PORT={port + 80 if port + 80 < 65536 else 8000}"
        ) from error
    return DemoSockets(web, open_socket(0), open_socket(0))


def open_socket(port: int) -> socket.socket:
    """On this machine's own address only; 0 is any port that is free."""
    opened = socket.socket()
    # Connections of a demo that has just ended would keep the port for a minute.
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.bind(("127.0.0.1", port))
    opened.listen()
    return opened


def format_url(opened: socket.socket) -> str:
    host, port = opened.getsockname()
    return f"http://{host}:{port}"
