"""Who may read what. Nobody may write."""

from dataclasses import dataclass
from enum import StrEnum

from demo.apiserver.refusals import StatusError, unauthorized
from demo.apiserver.resources import POLICIES, Resource
from demo.classroom.roster import Classroom


class Reader(StrEnum):
    """The two accounts, each by its token. What they open is simulated, so they are no secrets.

    The dashboard's may list most kinds class-wide, but policies only in the namespaces that have a
    RoleBinding for it; one has none. The auditor may read everything.
    """

    DASHBOARD = "simulated-dashboard"
    AUDITOR = "simulated-auditor"

    @property
    def user(self) -> str:
        return f"system:serviceaccount:class-netpol:{self.name.lower()}"


@dataclass(frozen=True, slots=True)
class Attempt:
    verb: str
    resource: Resource
    namespace: str
    """Empty for all of the cluster."""


def reader(authorization: str) -> Reader:
    scheme, _, token = authorization.partition(" ")
    try:
        return Reader(token if scheme.lower() == "bearer" else "")
    except ValueError:
        raise unauthorized() from None


def check(who: Reader, attempt: Attempt, room: Classroom) -> None:
    """Raise a `StatusError` where this reader has no right to it."""
    if not _permitted(who, attempt, room):
        raise _forbidden(who, attempt)


def _permitted(who: Reader, attempt: Attempt, room: Classroom) -> bool:
    if attempt.verb not in {"get", "list", "watch"}:
        return False
    if who is Reader.AUDITOR or attempt.resource is not POLICIES:
        return True
    namespace = room.namespaces.get(attempt.namespace)
    return namespace is not None and not namespace.student.story.unreadable


def _forbidden(who: Reader, attempt: Attempt) -> StatusError:
    scope = (
        f'in the namespace "{attempt.namespace}"' if attempt.namespace else "at the cluster scope"
    )
    resource = attempt.resource
    return StatusError(
        403,
        "Forbidden",
        f'{resource.qualified} is forbidden: User "{who.user}" cannot {attempt.verb} resource '
        f'"{resource.plural}" in API group "{resource.group}" {scope}',
        details={"group": resource.group, "kind": resource.plural},
    )
