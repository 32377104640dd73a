"""The addresses of the pages."""

from django.urls import path

from dashboard.views import (
    accounts,
    compare_runs,
    difference,
    events,
    health,
    hints,
    home,
    monitors,
    namespace,
    runs,
    step_marks,
    system,
    what_if,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("n/<slug:name>/", namespace.namespace, name="namespace"),
    path("n/<slug:name>/diff", difference.difference, name="difference"),
    path("n/<slug:name>/what-if", what_if.what_if, name="what-if"),
    path("n/<slug:name>/drafts/<uuid:key>/delete", what_if.drop, name="drop-draft"),
    path("n/<slug:name>/hints", hints.open_hint, name="hints"),
    path("hints", hints.allow, name="allow-hints"),
    path("n/<slug:name>/marks", step_marks.mark, name="step-marks"),
    path("n/<slug:name>/monitors", monitors.choose, name="monitors"),
    path("runs/", runs.runs, name="runs"),
    path("runs/new", runs.name, name="name-run"),
    path("runs/<int:key>/rename", runs.rename, name="rename-run"),
    path("runs/<int:key>/delete", runs.delete, name="delete-run"),
    path("runs/schedules", runs.add_schedule, name="add-schedule"),
    path("runs/schedules/<int:key>/delete", runs.drop_schedule, name="drop-schedule"),
    path("runs/compare", compare_runs.compare, name="compare-runs"),
    path("runs/pace", compare_runs.pace, name="pace-of-runs"),
    path("events", events.events, name="events"),
    path("system/", system.system, name="system"),
    path("sign-in/", accounts.SignIn.as_view(), name="sign-in"),
    path("sign-out/", accounts.SignOut.as_view(), name="sign-out"),
    path("welcome/<uidb64>/<token>/", accounts.Welcome.as_view(), name="welcome"),
    path("healthz", health.healthz, name="healthz"),
]
