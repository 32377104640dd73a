"""A name server on loopback that knows one address, over UDP and TCP, and may keep silent."""

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator


def answer(question: bytes, address: str) -> bytes:
    """The question again, and one record that points back at its name."""
    record = struct.pack(">HHHIH", 0xC00C, 1, 1, 5, 4) + socket.inet_aton(address)
    return question[:2] + b"\x81\x80" + struct.pack(">HHHH", 1, 1, 0, 0) + question[12:] + record


@contextlib.contextmanager
def name_server(address: str = "127.0.0.1", *, silent: bool = False) -> Iterator[int]:
    """Its port, the same for both protocols."""
    with socket.socket(type=socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
        tcp.bind(("127.0.0.1", 0))
        port: int = tcp.getsockname()[1]
        udp.bind(("127.0.0.1", port))
        tcp.listen()
        for serve in () if silent else (_serve_udp, _serve_tcp):
            threading.Thread(target=serve, args=(udp, tcp, address), daemon=True).start()
        yield port
        for each in (udp, tcp):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def _serve_udp(udp: socket.socket, _: socket.socket, address: str) -> None:
    with contextlib.suppress(OSError):
        while True:
            question, sender = udp.recvfrom(512)
            if not question:  # woken up to end
                return
            udp.sendto(answer(question, address), sender)


def _serve_tcp(_: socket.socket, tcp: socket.socket, address: str) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = tcp.accept()
            with connection:
                question = connection.recv(512)[2:]
                said = answer(question, address)
                connection.sendall(struct.pack(">H", len(said)) + said)
