"""The addresses of the pages."""

from django.urls import path

from dashboard.views import (
    accounts,
    difference,
    health,
    hints,
    home,
    monitors,
    namespace,
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
    path("n/<slug:name>/monitors", monitors.choose, name="monitors"),
    path("system/", system.system, name="system"),
    path("sign-in/", accounts.SignIn.as_view(), name="sign-in"),
    path("sign-out/", accounts.SignOut.as_view(), name="sign-out"),
    path("welcome/<uidb64>/<token>/", accounts.Welcome.as_view(), name="welcome"),
    path("healthz", health.healthz, name="healthz"),
]
