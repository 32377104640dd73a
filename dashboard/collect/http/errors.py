"""Why a request has no answer, by the error that it ended in."""

import ssl

import httpcore

from dashboard.collect.http.answers import NoAnswer, NoAnswerCause
from dashboard.collect.http.head_limit import HeadTooLargeError

REQUEST_ERRORS = (
    HeadTooLargeError,
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    OSError,
)
"""What TLS finds wrong after the handshake is an OSError, and none of the HTTP library's."""


def classify_error(error: Exception, *, in_tls: bool) -> NoAnswer:
    """`in_tls` is whether the encryption of the connection was begun."""
    root = _find_innermost(error)
    if isinstance(root, ssl.SSLCertVerificationError):
        return NoAnswer(NoAnswerCause.TLS, root.verify_message)
    match error:
        case HeadTooLargeError():
            cause = NoAnswerCause.TOO_LARGE
        case httpcore.ConnectTimeout() | httpcore.ConnectError() if in_tls:
            cause = NoAnswerCause.TLS
        case ssl.SSLError():
            cause = NoAnswerCause.TLS
        case httpcore.ConnectTimeout():
            cause = NoAnswerCause.CONNECT_TIMEOUT
        case httpcore.ConnectError():
            refused = isinstance(root, ConnectionRefusedError)
            cause = NoAnswerCause.REFUSED if refused else NoAnswerCause.UNREACHABLE
        case httpcore.TimeoutException():
            # Its root may be of TLS, which had wanted to read on: that is no error.
            cause = NoAnswerCause.TIMEOUT
        case _:
            cause = NoAnswerCause.BROKEN
    return NoAnswer(cause)


def _find_innermost(error: BaseException) -> BaseException:
    """The innermost error, which the HTTP library wraps several deep."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    return error
