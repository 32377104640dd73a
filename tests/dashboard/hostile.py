"""HTTP servers on loopback that answer as a test wants, however bad the manners."""

import contextlib
import socket
import socketserver
import ssl
import threading
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
