"""What users, scripts and deployments rely on: addresses, commands, options, the environment.

A change here breaks somebody's bookmark, cron job or container. Say it in CHANGELOG.md.
"""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

from netpol.cli import main

ROOT = Path(__file__).resolve().parent.parent
ROUTES = {
    "allow-hints": "hints",
    "class-report": "report/",
    "compare-runs": "runs/compare",
    "delete-run": "runs/<int:key>/delete",
    "difference": "n/<slug:name>/diff",
    "drop-draft": "n/<slug:name>/drafts/<uuid:key>/delete",
    "events": "events",
    "gradebook": "report/<str:file>",
    "healthz": "healthz",
    "hints": "n/<slug:name>/hints",
    "home": "",
    "incidents": "incidents/",
    "monitors": "n/<slug:name>/monitors",
    "name-run": "runs/new",
    "namespace": "n/<slug:name>/",
    "pace-of-runs": "runs/pace",
    "rename-run": "runs/<int:key>/rename",
    "report": "n/<slug:name>/report",
    "report-as": "n/<slug:name>/report.<slug:kind>",
    "report-file": "n/<slug:name>/report/<str:file>",
    "roster": "roster/",
    "runs": "runs/",
    "sign-in": "sign-in/",
    "sign-out": "sign-out/",
    "step-marks": "n/<slug:name>/marks",
    "system": "system/",
    "welcome": "welcome/<uidb64>/<token>/",
    "what-if": "n/<slug:name>/what-if",
}
MANAGE_COMMANDS = {
    "enrol": "logins --staff --base-url",
    "poll": "--kubeconfig --context",
    "probe": "namespace --kubeconfig --context",
    "prune": "--days --yes",
    "rbac": "--namespace --account-namespace --user",
    "reassess": "--namespace --since --dry-run",
    "roster": "file --section --remove-missing --dry-run",
    "run": "name --at --until",
}
NETPOL_COMMANDS = {
    "matrix": "--address --kubernetes --namespace --port --protocol -f -o",
    "connections": "--focus --kubernetes --namespace -f -o",
    "diff": "--kubernetes --namespace -f -o",
    "explain": "--from --kubernetes --namespace --port --protocol --to -f -o",
    "diagnose": "--namespace -f -o",
    "repair": "--namespace -f -o",
    "check": "--namespace -f -o",
    "report": "--lab --no-charts --output-dir --policy-namespace",
}
SETTINGS = """
    ALLOWED_HOSTS BASE_URL CNI_PROFILE CSRF_TRUSTED_ORIGINS DATABASE_URL DEBUG HTTPS KUBECONFIG
    KUBE_CONTEXT KUMA_KEYS LAB_FILE LOG_LEVEL POLL_SECONDS PROBE_ALLOWED_NETWORKS PROBE_GATEWAY
    PROBE_SECONDS PROBE_VANTAGE REDIS_URL SECRET_KEY TRUST_PROXY
"""
CONTAINER_SETTINGS = """
    BEAT_SCHEDULE BIND HEALTH KUBECONFIG_IN_CONTAINER KUMA_KEYS_IN_CONTAINER POSTGRES_PASSWORD
    PUBLISH RUN_AS WEB_CONCURRENCY
"""
PROBER_SETTINGS = "ENTITY NAMESPACE NAMES_PORT RESOLV_CONF TARGETS TERMINATION_LOG TIMEOUT"


def test_the_routes_keep_their_names_and_paths() -> None:
    patterns = import_module("dashboard.urls").urlpatterns
    found = {each.name: str(each.pattern) for each in patterns}
    assert found == ROUTES


def test_manage_py_keeps_its_commands_and_options() -> None:
    usual = {
        option
        for action in BaseCommand().create_parser("manage.py", "any")._actions  # noqa: SLF001  # only there
        for option in action.option_strings
    }
    found = {}
    for name, app in get_commands().items():
        if app == "dashboard":
            actions = load_command_class(app, name).create_parser("manage.py", name)._actions  # noqa: SLF001  # only there
            own = [each for each in actions if not usual & {*each.option_strings}]
            found[name] = " ".join([*each.option_strings, each.dest][0] for each in own)
    assert found == MANAGE_COMMANDS


@pytest.mark.parametrize("command", NETPOL_COMMANDS)
def test_netpol_keeps_its_commands_and_options(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    usage = capsys.readouterr().out.partition("\n\n")[0]
    found = {*re.findall(r"(?<=[ \[|(])--?[a-z-]+", usage)} - {"-h"}
    assert found == {*NETPOL_COMMANDS[command].split()}


def test_the_product_reads_these_variables_of_its_environment() -> None:
    text = (ROOT / "config" / "settings.py").read_text("utf-8")
    found = re.findall(r'(?:environ\.get\(|environ\[|read_flag\(|read_names\()"([A-Z_]+)"', text)
    assert {*found} == {*SETTINGS.split()}


def test_the_containers_pass_on_these_variables() -> None:
    files = ("Procfile", "docker-compose.yml")
    text = "".join((ROOT / file).read_text("utf-8") for file in files)
    found = {*re.findall(r"\$\{([A-Z_]+)", text)}
    assert found == {*SETTINGS.split(), *CONTAINER_SETTINGS.split()} - {"DEBUG"}


def test_the_prober_reads_these_variables() -> None:
    text = (ROOT / "deploy" / "prober" / "base" / "prober.py").read_text("utf-8")
    assert {*re.findall(r'environ\.get\("([A-Z_]+)"', text)} == {*PROBER_SETTINGS.split()}
