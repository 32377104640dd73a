"""The addresses of the pages."""

from django.urls import path

from dashboard.accounts import views as accounts
from dashboard.health import views as health
from dashboard.web.board import views as board
from dashboard.web.compare import views as difference
from dashboard.web.incidents import views as incidents
from dashboard.web.layout import events
from dashboard.web.namespace import views as namespace
from dashboard.web.reports import views as reports
from dashboard.web.roster import views as roster
from dashboard.web.runs import views as runs
from dashboard.web.system import views as system
from dashboard.web.try_fix import views as what_if

urlpatterns = [
    path("", board.show_home, name="home"),
    path("n/<slug:name>/", namespace.show_namespace, name="namespace"),
    path("n/<slug:name>/diff", difference.show_comparison, name="difference"),
    path("n/<slug:name>/what-if", what_if.try_fix, name="what-if"),
    path("n/<slug:name>/drafts/<uuid:key>/delete", what_if.delete_draft, name="drop-draft"),
    path("n/<slug:name>/hints", namespace.open_hint, name="hints"),
    path("hints", namespace.allow_hints, name="allow-hints"),
    path("n/<slug:name>/marks", namespace.mark_step, name="step-marks"),
    path("n/<slug:name>/monitors", namespace.choose_monitor, name="monitors"),
    path("runs/", runs.show_runs, name="runs"),
    path("runs/new", runs.add_run, name="name-run"),
    path("runs/<int:key>/rename", runs.change_run_name, name="rename-run"),
    path("runs/<int:key>/delete", runs.delete_run, name="delete-run"),
    path("runs/compare", runs.compare_runs, name="compare-runs"),
    path("runs/pace", runs.compare_paces, name="pace-of-runs"),
    path("events", events.stream_events, name="events"),
    path("n/<slug:name>/report", reports.show_report, name="report"),
    path("n/<slug:name>/report.<slug:kind>", reports.download_report, name="report-as"),
    path("n/<slug:name>/report/<str:file>", reports.download_lab_file, name="report-file"),
    path("report/", reports.show_class_report, name="class-report"),
    path("report/<str:file>", reports.download_gradebook, name="gradebook"),
    path("roster/", roster.show_roster, name="roster"),
    path("incidents/", incidents.show_incidents, name="incidents"),
    path("system/", system.show_system, name="system"),
    path("sign-in/", accounts.SignIn.as_view(), name="sign-in"),
    path("sign-out/", accounts.SignOut.as_view(), name="sign-out"),
    path("welcome/<uidb64>/<token>/", accounts.Welcome.as_view(), name="welcome"),
    path("healthz", health.answer_healthz, name="healthz"),
]
