"""Why a request has no answer, by the error that it ended in."""

import ssl

import httpcore

from dashboard.collect.probes.answers import Cause, Failure
from dashboard.collect.probes.head import HeadTooLarge

ERRORS = (
    HeadTooLarge,
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    OSError,
)
"""What TLS finds wrong after the handshake is an OSError, and none of the HTTP library's."""


def failure(error: Exception, *, in_tls: bool) -> Failure:
    """`in_tls` is whether the encryption of the connection was begun."""
    root = _root(error)
    if isinstance(root, ssl.SSLCertVerificationError):
        return Failure(Cause.TLS, root.verify_message)
    match error:
        case HeadTooLarge():
            cause = Cause.TOO_LARGE
        case httpcore.ConnectTimeout() | httpcore.ConnectError() if in_tls:
            cause = Cause.TLS
        case ssl.SSLError():
            cause = Cause.TLS
        case httpcore.ConnectTimeout():
            cause = Cause.CONNECT_TIMEOUT
        case httpcore.ConnectError():
            refused = isinstance(root, ConnectionRefusedError)
            cause = Cause.REFUSED if refused else Cause.UNREACHABLE
        case httpcore.TimeoutException():
            # Its root may be of TLS, which had wanted to read on: that is no error.
            cause = Cause.TIMEOUT
        case _:
            cause = Cause.BROKEN
    return Failure(cause)


def _root(error: BaseException) -> BaseException:
    """The innermost error, which the HTTP library wraps several deep."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    return error
