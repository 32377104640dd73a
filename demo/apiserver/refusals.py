"""What the server says when it does not do what it was asked, in Kubernetes' own words."""

from dataclasses import dataclass, field
from typing import Any

from netpol.parse import Json


@dataclass(eq=False)
class StatusError(Exception):
    """An error that goes out as a `Status` object."""

    code: int
    reason: str
    message: str
    metadata: Json = field(default_factory=dict)
    details: Json = field(default_factory=dict)

    @property
    def status_object(self) -> dict[str, Any]:
        return {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": dict(self.metadata),
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            **({"details": dict(self.details)} if self.details else {}),
            "code": self.code,
        }


class NoSuchPathError(LookupError):
    """Not even a `Status`: a kind that is not installed has no address, as on a real server."""


def refuse_unauthorized() -> StatusError:
    return StatusError(401, "Unauthorized", "Unauthorized")


def bad_request(message: str) -> StatusError:
    return StatusError(400, "BadRequest", message)


def gone_version(message: str, go_on: str = "") -> StatusError:
    """A list that took too long may `go_on`, as of now and so inconsistently."""
    return StatusError(410, "Expired", message, {"continue": go_on} if go_on else {})
