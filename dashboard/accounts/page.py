"""The pages on which somebody signs in or chooses a password."""

from dataclasses import dataclass
from typing import ClassVar

from django.contrib.auth.forms import AuthenticationForm
from django.forms import Form


@dataclass(frozen=True, slots=True)
class SignInPage:
    template: ClassVar[str] = "accounts/sign-in.html"

    form: AuthenticationForm
    next: str
    """The address of the page that asked for a sign-in."""


@dataclass(frozen=True, slots=True)
class WelcomePage:
    template: ClassVar[str] = "accounts/welcome.html"

    form: Form | None
    """`None` where the link is no longer good."""
    login: str
