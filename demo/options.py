"""The options of a demo, and the sockets that it listens on."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass


class UnusableError(Exception):
    """The demo cannot start with these options. The text says what to do."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    port: int
    students: int


def read_options(environment: Mapping[str, str]) -> DemoOptions:
    """Read PORT and STUDENTS, which make passes on. Raises `UnusableError`."""
    return DemoOptions(
        _read_number(environment, "PORT", 8000, 65535),
        _read_number(environment, "STUDENTS", 28, 500),
    )


def _read_number(environment: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= most):
        raise UnusableError(f"{name}={text} is no number from 1 to {most}.")
    return int(text)


def reserve_port(port: int) -> socket.socket:
    """Open the port, as only its owner knows that it is free. Raises `UnusableError`."""
    try:
        return open_socket(port)
    except OSError as error:
        raise UnusableError(
            f"Port {port} cannot be used: {error.strerror}. Choose another one, for example: "
            f"make demo PORT={port + 80 if port + 80 < 65536 else 8000}"
        ) from error


def open_socket(port: int) -> socket.socket:
    """Listen on this machine's own address; port 0 is any free one."""
    opened = socket.socket()
    # Connections of a demo that has just ended would keep the port for a minute.
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.bind(("127.0.0.1", port))
    opened.listen()
    return opened


def format_url(opened: socket.socket) -> str:
    host, port = opened.getsockname()
    return f"http://{host}:{port}"
