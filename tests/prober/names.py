"""A name server on loopback that knows one address, over UDP and TCP, and may have faults."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator

Says = Callable[[bytes], bytes | None]
"""The answer to a question, over UDP; `None` keeps silent."""
SaysByTcp = Callable[[bytes], bytes]
"""All that is sent before the connection is closed, its length among it."""


def answer(question: bytes, address: str = "127.0.0.1") -> bytes:
    """The question again, and one record that points back at its name."""
    record = struct.pack(">HHHIH", 0xC00C, 1, 1, 5, 4) + socket.inet_aton(address)
    return question[:2] + b"\x81\x80" + struct.pack(">HHHH", 1, 1, 0, 0) + question[12:] + record


def refusal(question: bytes, code: int = 5) -> bytes:
    """Without a record: 5 is REFUSED, 3 that there is no such name, 2 that it failed."""
    return question[:2] + b"\x81" + bytes([0x80 | code]) + question[4:]


def framed(said: bytes) -> bytes:
    return struct.pack(">H", len(said)) + said


def silence(_: bytes) -> None:
    return None


@contextlib.contextmanager
def name_server(udp_says: Says = answer, tcp_says: SaysByTcp | None = None) -> Iterator[int]:
    """Its port, the same for both protocols. Over TCP it says the same, or keeps silent."""
    with socket.socket(type=socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
        tcp.bind(("127.0.0.1", 0))
        port: int = tcp.getsockname()[1]
        udp.bind(("127.0.0.1", port))
        tcp.listen()
        for serve in (
            lambda: _serve_udp(udp, udp_says),
            lambda: _serve_tcp(tcp, udp_says, tcp_says),
        ):
            threading.Thread(target=serve, daemon=True).start()
        yield port
        for each in (udp, tcp):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def _serve_udp(udp: socket.socket, says: Says) -> None:
    with contextlib.suppress(OSError):
        while True:
            question, sender = udp.recvfrom(512)
            if not question:  # woken up to end
                return
            if (said := says(question)) is not None:
                udp.sendto(said, sender)


def _serve_tcp(tcp: socket.socket, udp_says: Says, says: SaysByTcp | None) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = tcp.accept()
            with connection, contextlib.suppress(OSError):
                question = connection.recv(512)[2:]
                said = says(question) if says else udp_says(question)
                if said is None:
                    connection.recv(1)  # until the other end has had enough
                    continue
                connection.sendall(said if says else framed(said))
