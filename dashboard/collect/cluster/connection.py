"""A connection to one API server: a GET returns JSON, or an error says what to do."""

import json
from http import HTTPStatus
from typing import Final, Self

from kubernetes import config
from kubernetes.client import ApiClient, Configuration
from kubernetes.client.exceptions import ApiException
from kubernetes.config.config_exception import ConfigException
from urllib3 import Retry
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationValueError,
    MaxRetryError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)
from yaml import YAMLError

from dashboard.health.work import ProgressCallback, ignore_progress
from netpol.parse import Json

TIMEOUT: Final = (10, 75)
"""Seconds to connect, and between two bytes: where etcd hangs, the server says so after 60."""
REQUESTS_AT_ONCE: Final = 8

# Retry only "too many requests", when the server asks for it, within bounds. All else fails at
# once: the next poll is near, and urllib3's own three tries would hide it.
RETRIES = Retry(
    total=None,
    connect=0,
    read=0,
    redirect=False,
    status=3,
    other=0,
    status_forcelist=[HTTPStatus.TOO_MANY_REQUESTS],
    backoff_factor=0.2,
    retry_after_max=5,
    raise_on_status=False,
)
HEADERS = {"Accept": "application/json", "Accept-Encoding": "gzip"}


class ClusterError(Exception):
    """The cluster could not be read. The text says why and what to do."""


class ClusterRefusal(ClusterError):  # noqa: N818  a state, as in TemplateDoesNotExist
    """The API server answered with another status than 200."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class ClusterConnection:
    """Safe to use from several threads. Whoever lists objects tells `report_progress`."""

    def __init__(
        self, configuration: Configuration, report_progress: ProgressCallback = ignore_progress
    ) -> None:
        self.report_progress = report_progress
        configuration.retries = RETRIES
        configuration.connection_pool_maxsize = REQUESTS_AT_ONCE
        self.server = str(configuration.host)
        self._is_anonymous = not (configuration.api_key or configuration.cert_file)
        self._client = ApiClient(configuration)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()  # type: ignore[no-untyped-call]  # theirs is half typed

    def get_json(self, path: str, query: dict[str, str]) -> Json:
        try:
            request = self._client.param_serialize(
                "GET",
                path,
                query_params=list(query.items()),
                header_params=dict(HEADERS),
                auth_settings=["BearerToken"],
            )
            response = self._client.call_api(*request, _request_timeout=TIMEOUT)
            body = response.read()  # type: ignore[no-untyped-call]  # theirs is half typed
        except ConfigException as error:
            raise ClusterError(f"The kubeconfig's credentials cannot be used: {error}") from error
        except (ApiException, HTTPError) as error:
            raise ClusterError(f"{self.server}: {_describe_network_error(error)}") from error
        except ValueError:
            # The error quotes the token, so drop it.
            raise ClusterError(
                "The kubeconfig's token is malformed: does it hold a line break?"
            ) from None
        if response.status == HTTPStatus.OK:
            return self._parse_json(path, body)
        refusal = self._describe_refusal(path, response.status, body)
        if self._is_anonymous and response.status in _WHO_ARE_YOU:
            raise ClusterError(f"{refusal} {_NO_CREDENTIALS}")
        raise ClusterRefusal(response.status, refusal)

    def _parse_json(self, path: str, body: bytes) -> Json:
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise ClusterError(
                f"{self.server} answered {path} with something that is not JSON. "
                "Is this the address of a Kubernetes API server?"
            ) from error
        if not isinstance(answer, dict):
            raise ClusterError(f"{self.server} answered {path} with JSON that is not an object.")
        return answer

    def _describe_refusal(self, path: str, status: int, body: bytes) -> str:
        advice = _ADVICE.get(status, "")
        return (
            f"{self.server} answered {status} to {path}: {_status_message(body)}. {advice}".strip()
        )


_WHO_ARE_YOU = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
_NO_CREDENTIALS = (
    "It was asked without credentials: the kubeconfig's user has none, or the login plug-in that "
    "should bring them failed, as the log says."
)

_ADVICE = {
    401: "The credentials are not accepted: has the token expired? Renew it in the kubeconfig.",
    429: "The API server is overloaded; the next poll tries again.",
    504: "The API server waits for its own storage (etcd): look at the control plane.",
}


def _status_message(body: bytes) -> str:
    """The message of a Status, else the beginning of the body."""
    try:
        match json.loads(body):
            case {"message": str(message)}:
                text = message
            case _:
                text = ""
    except (ValueError, RecursionError):
        text = body.decode(errors="replace")
    printable = "".join(letter if letter.isprintable() else " " for letter in text[:500])
    return printable.strip().rstrip(".") or "without a message"


def _describe_network_error(error: Exception) -> str:
    reason = error.reason if isinstance(error, MaxRetryError) else error
    match reason:
        case SSLError():
            advice = "Does the kubeconfig hold this cluster's certificate authority?"
        case ReadTimeoutError():
            advice = f"It was silent for {TIMEOUT[1]} s: look at the control plane."
        case NewConnectionError() | ConnectTimeoutError() | LocationValueError():
            advice = "Is the API server running, and is its address in the kubeconfig right?"
        case _:
            advice = "The connection broke; the next poll tries again."
    return f"{reason}. {advice}"


def open_connection(
    kubeconfig: str | None, context: str | None, report_progress: ProgressCallback = ignore_progress
) -> ClusterConnection:
    """Connect by a kubeconfig or, without one, as the pod that this process runs in."""
    configuration = Configuration()
    try:
        if kubeconfig:
            # Never written back: the file is the owner's, and may be read-only.
            config.load_kube_config(  # type: ignore[no-untyped-call]  # theirs is half typed
                kubeconfig, context, configuration, persist_config=False
            )
        else:
            config.load_incluster_config(  # type: ignore[no-untyped-call]  # theirs is half typed
                configuration
            )
    except _BROKEN as error:
        raise ClusterError(_describe_kubeconfig_error(kubeconfig, context, error)) from error
    return ClusterConnection(configuration, report_progress)


_BROKEN = (ConfigException, OSError, YAMLError, ValueError, TypeError, KeyError, AttributeError)
"""What the client's loader raises for a missing or damaged kubeconfig."""


def _describe_kubeconfig_error(
    kubeconfig: str | None, context: str | None, error: Exception
) -> str:
    if not kubeconfig:
        return (
            f"No kubeconfig is set, and this process runs in no pod: {error} Set KUBECONFIG, "
            "or give --kubeconfig FILE, and perhaps --context NAME."
        )
    within = f" (context {context})" if context else ""
    return (
        f"The kubeconfig {kubeconfig}{within} cannot be used: {error}. "
        "See whether kubectl accepts it: kubectl --kubeconfig FILE config get-contexts"
    )
