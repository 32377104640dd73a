"""Who may read what. Nobody may write."""

from dataclasses import dataclass
from enum import StrEnum

from demo.apiserver.refusals import StatusError, refuse_unauthorized
from demo.apiserver.resources import POLICIES, ResourceKind
from demo.classroom.roster import Classroom


class ApiAccount(StrEnum):
    """The two accounts, each by its token. What they open is simulated, so they are no secrets.

    The dashboard's may list most kinds class-wide, but policies only in the namespaces that have a
    RoleBinding for it; one has none. The auditor may read everything.
    """

    DASHBOARD = "simulated-dashboard"
    AUDITOR = "simulated-auditor"

    @property
    def user_name(self) -> str:
        return f"system:serviceaccount:class-netpol:{self.name.lower()}"


@dataclass(frozen=True, slots=True)
class AccessAttempt:
    verb: str
    resource: ResourceKind
    namespace: str
    """Empty for all of the cluster."""


def find_account(authorization: str) -> ApiAccount:
    scheme, _, token = authorization.partition(" ")
    try:
        return ApiAccount(token if scheme.lower() == "bearer" else "")
    except ValueError:
        raise refuse_unauthorized() from None


def require_access(who: ApiAccount, attempt: AccessAttempt, room: Classroom) -> None:
    """Raise a `StatusError` where this reader has no right to it."""
    if not _is_permitted(who, attempt, room):
        raise _build_forbidden(who, attempt)


def _is_permitted(who: ApiAccount, attempt: AccessAttempt, room: Classroom) -> bool:
    if attempt.verb not in {"get", "list", "watch"}:
        return False
    if who is ApiAccount.AUDITOR or attempt.resource is not POLICIES:
        return True
    namespace = room.namespaces.get(attempt.namespace)
    return namespace is not None and not namespace.student.story.unreadable


def _build_forbidden(who: ApiAccount, attempt: AccessAttempt) -> StatusError:
    scope = (
        f'in the namespace "{attempt.namespace}"' if attempt.namespace else "at the cluster scope"
    )
    resource = attempt.resource
    return StatusError(
        403,
        "Forbidden",
        f'{resource.qualified_name} is forbidden: User "{who.user_name}" cannot {attempt.verb} '
        f'resource "{resource.plural}" in API group "{resource.group}" {scope}',
        details={"group": resource.group, "kind": resource.plural},
    )
