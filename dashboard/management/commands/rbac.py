"""`manage.py rbac`: print the rights that polling needs, for `kubectl apply -f -`."""

from argparse import ArgumentParser
from typing import Any

import yaml
from django.core.management.base import BaseCommand

from dashboard.collect.cluster import rbac


class Command(BaseCommand):
    help = (
        "Print the read-only rights that polling needs as YAML for kubectl apply -f -. "
        "They allow reading every namespace or, with --namespace, only the named ones "
        "and the list of namespaces."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--namespace",
            metavar="NAME",
            action="append",
            help="grant them only in this namespace, by a RoleBinding; repeatable",
        )
        parser.add_argument(
            "--account-namespace",
            metavar="NAME",
            default=rbac.ACCOUNT_NAME,
            help=f"the service account's namespace; default: {rbac.ACCOUNT_NAME}",
        )
        parser.add_argument(
            "--user", metavar="NAME", help="grant the rights to this user, not a service account"
        )

    def handle(
        self,
        *_args: Any,
        namespace: list[str] | None,
        account_namespace: str,
        user: str | None,
        **_: Any,
    ) -> None:
        account = [] if user else rbac.build_service_account(account_namespace)
        subject = rbac.user_subject(user) if user else rbac.account_subject(account_namespace)
        grants = (
            rbac.grant_namespaces(namespace, subject) if namespace else rbac.grant_class(subject)
        )
        documents = [*account, *grants]
        self.stdout.write(yaml.safe_dump_all(documents, sort_keys=False), ending="")
