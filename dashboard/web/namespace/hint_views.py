"""Opening a tier of a hint, which is recorded, and how many tiers students may open."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from dashboard.accounts.hints import fetch_allowed_tiers, fetch_opened_tiers
from dashboard.active_lab import active_lab
from dashboard.assess.json_columns import compute_diagnosis_key
from dashboard.models import (
    MOST_TIERS,
    HintOpening,
    HintSetting,
    Namespace,
    Snapshot,
    StoredDiagnosis,
)
from dashboard.web.namespace.hints import Advice, advice, key_of


@require_POST
def open_hint(request: HttpRequest, name: str) -> HttpResponse:
    """The next tier of a cause that the namespace has now; none is skipped."""
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), name=name)
    cause = request.POST.get("cause", "")
    if cause not in causes_of(namespace):
        raise Http404
    tier = fetch_opened_tiers(namespace).get(cause, 0) + 1
    if tier <= fetch_allowed_tiers() and not request.user.is_staff:
        HintOpening.objects.bulk_create(
            [
                HintOpening(
                    namespace=namespace,
                    cause=cause,
                    tier=tier,
                    by=request.user.get_username(),
                    at=timezone.now(),
                )
            ],
            ignore_conflicts=True,
        )
    return redirect(reverse("namespace", args=[name], fragment="hints"))


@require_POST
def allow(request: HttpRequest) -> HttpResponse:
    """How many tiers the students of this lab may open; instructors only."""
    tiers = request.POST.get("tiers", "")
    if not request.user.is_staff or tiers not in {str(each) for each in range(MOST_TIERS + 1)}:
        raise Http404
    HintSetting.objects.update_or_create(lab=active_lab().name, defaults={"tiers": int(tiers)})
    return redirect("home")


def causes_of(namespace: Namespace) -> set[str]:
    snapshot = namespace.snapshots.with_contents().filter(is_open=True).first()
    found = diagnosis_of(snapshot) if snapshot else None
    return {key_of(cause) for cause in found.causes} if found else set()


def diagnosis_of(snapshot: Snapshot) -> StoredDiagnosis | None:
    policies = snapshot.policy_set.manifests
    key = compute_diagnosis_key(policies, snapshot.assessment.body, snapshot.pods)
    return StoredDiagnosis.objects.filter(digest=key).first()


def advice_for(namespace: Namespace, snapshot: Snapshot, *, is_staff: bool) -> Advice | None:
    """`None` while the state is not diagnosed."""
    found = diagnosis_of(snapshot)
    if found is None:
        return None
    policies = snapshot.policy_set.manifests
    return advice(
        active_lab(),
        found,
        policies,
        fetch_opened_tiers(namespace),
        fetch_allowed_tiers(),
        everything=is_staff,
    )
