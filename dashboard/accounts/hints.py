"""How far hints may be opened: the tiers, what an instructor allows, what a student opened."""

from typing import TYPE_CHECKING

from dashboard.active_lab import active_lab
from dashboard.models import MOST_TIERS, HintOpening, HintSetting, Namespace

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

TIERS = ("which side", "which policy and field", "the lines to change")
FINDINGS_TIER = 2
"""The tier that names policies and fields, as findings do."""


def fetch_allowed_tiers() -> int:
    """How many tiers students may open in this lab."""
    setting = HintSetting.objects.filter(lab=active_lab().name).first()
    return setting.tiers if setting else MOST_TIERS


def fetch_opened_tiers(namespace: Namespace) -> dict[str, int]:
    """The highest opened tier of each root cause."""
    opened = HintOpening.objects.filter(namespace=namespace).order_by("tier")
    return dict(opened.values_list("cause", "tier"))


def can_see_findings(user: "User | AnonymousUser") -> bool:
    return user.is_staff or fetch_allowed_tiers() >= FINDINGS_TIER


def can_see_solution(user: "User | AnonymousUser") -> bool:
    """The lab's solution shows the lines to change, as the last tier of hints does."""
    return user.is_staff or fetch_allowed_tiers() >= MOST_TIERS
