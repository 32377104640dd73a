"""HTTP servers on loopback that answer as a test wants, however bad the manners."""

import contextlib
import gzip
import itertools
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

Behaviour = Callable[[socket.socket, str], None]
"""What a server does on a connection once it has read the head of the request."""


@dataclass
class Server:
    port: int
    heads: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def answer(body: bytes, status: str = "200 OK", *headers: str) -> Behaviour:
    """A server that answers properly."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return lambda connection, _: connection.sendall("\r\n".join(head).encode() + body)


def silent(connection: socket.socket, _: str) -> None:
    """A server that lets the client wait until that gives up."""
    connection.recv(1)


def endless(connection: socket.socket, _: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def drip_body(connection: socket.socket, _: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _second in range(1000):
        connection.sendall(b"x")
        time.sleep(0.05)


def drip_head(connection: socket.socket, _: str) -> None:
    for character in itertools.cycle(b"HTTP/1.1 200 OK\r\nX: y\r\n"):
        connection.sendall(bytes([character]))
        time.sleep(0.05)


def ten_thousand_headers(connection: socket.socket, _: str) -> None:
    headers = "".join(f"X-Header-{number}: value\r\n" for number in range(10_000))
    connection.sendall(f"HTTP/1.1 200 OK\r\n{headers}\r\n".encode())


def endless_headers(connection: socket.socket, _: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-Header: value\r\n" * 1000)


def one_endless_header(connection: socket.socket, _: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Header: ")
    while True:
        connection.sendall(b"x" * 65536)


def endless_continue(connection: socket.socket, _: str) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def body_in_single_bytes(connection: socket.socket, _: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    connection.sendall(b"1\r\nx\r\n" * 5_000 + b"0\r\n\r\n")


def hang_up(connection: socket.socket, _: str) -> None:
    connection.close()


def not_http(connection: socket.socket, _: str) -> None:
    connection.sendall(b"SSH-2.0-OpenSSH_9.9\r\n")


def too_short(connection: socket.socket, _: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{}")


def redirect(to: str) -> Behaviour:
    return answer(b"", "302 Found", f"Location: {to}")


BOMB = gzip.compress(bytes(50_000_000))


def unencrypted(sent: bytes, *, after: bytes = b"") -> Behaviour:
    """A server that shook hands for TLS, and then writes past its own encryption."""

    def behave(connection: socket.socket, _: str) -> None:
        connection.sendall(after)
        socket.socket.sendall(connection, sent)  # not the one of ssl.SSLSocket
        connection.recv(1)

    return behave


@contextlib.contextmanager
def serving(behaviour: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            # The client hanging up on a bad server is what is to be seen.
            with contextlib.suppress(OSError), secured(self.request, tls) as connection:
                head = read_head(connection)
                server.heads.append(head)
                behaviour(connection, head)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as listener:
        listener.daemon_threads = True
        listener.block_on_close = False
        server = Server(listener.server_address[1])
        thread = threading.Thread(target=listener.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown()
            thread.join()


def tls_server(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def secured(connection: socket.socket, tls: ssl.SSLContext | None) -> socket.socket:
    return tls.wrap_socket(connection, server_side=True) if tls else connection


TLS_GREETING = b"\x16"


def read_head(connection: socket.socket) -> str:
    head = b""
    while b"\r\n\r\n" not in head and not head.startswith(TLS_GREETING):
        if not (received := connection.recv(4096)):
            break
        head += received
    return head.decode("latin-1")
