"""`manage.py enrol LOGIN…`: print each person's one-time link for choosing a password."""

import re
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from dashboard.accounts.roster import GITHUB_LOGIN
from dashboard.active_lab import active_lab
from dashboard.models import Namespace


class Command(BaseCommand):
    help = (
        "Let people sign in: print a line for each login, with a link that works once. "
        "Repeat it for the same login to print a new link."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("logins", nargs="+", metavar="LOGIN", help="a GitHub login")
        parser.add_argument("--staff", action="store_true", help="instructors, who see everybody")
        parser.add_argument(
            "--base-url",
            default=settings.BASE_URL,
            metavar="URL",
            help="where the dashboard answers (default: BASE_URL, now %(default)s)",
        )

    def handle(
        self, *_args: Any, logins: list[str], staff: bool, base_url: str, **_options: Any
    ) -> None:
        strange = [login for login in logins if not GITHUB_LOGIN.fullmatch(login)]
        if strange:
            raise CommandError(f"Not a GitHub login: {', '.join(strange)}. Nobody was enrolled.")
        if not re.match("https?://.", base_url):
            raise CommandError(f"--base-url must begin with http:// or https://, not {base_url!r}.")
        with transaction.atomic():
            users = [enrol_user(login, staff=staff) for login in logins]
        for user in users:
            self.stdout.write(
                f"{user.username}\t{base_url.rstrip('/')}{build_welcome_path(user)}\t{describe_role(user)}"
            )
        days = settings.PASSWORD_RESET_TIMEOUT // 86400
        self.stdout.write(f"Each link works once, within {days} days.")


def enrol_user(login: str, *, staff: bool) -> User:
    """GitHub ignores the case of logins."""
    user = User.objects.filter(username__iexact=login).first()
    if user is None:
        user = User.objects.create_user(login)
    if staff and not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    return user


def build_welcome_path(user: User) -> str:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return reverse("welcome", args=[uid, token])


def describe_role(user: User) -> str:
    if user.is_staff:
        return "an instructor, who sees every namespace"
    owned = Namespace.objects.visible_to(user).present().values_list("name", flat=True)
    if owned:
        return f"owns {', '.join(owned)}"
    pattern = active_lab().namespaces
    name = pattern.template.format(
        student=user.username.lower(), environment=pattern.environments[0]
    )
    return (
        f"owns no namespace yet: the cluster needs one with the name {name}, "
        f"or one with the label {pattern.student_label}={user.username}"
    )
