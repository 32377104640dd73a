"""Signing in and out, and the one-time link by which a student chooses a password."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordResetConfirmView
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy

from dashboard.accounts.page import SignInPage, WelcomePage


class SignInForm(AuthenticationForm):
    """GitHub logins are the same in any case, so a student may type theirs in any."""

    def clean_username(self) -> str:
        typed: str = self.cleaned_data["username"]
        users = get_user_model().objects.filter(username__iexact=typed)
        names = users.values_list("username", flat=True)
        return typed if typed in names else next(iter(names), typed)

    def get_invalid_login_error(self) -> ValidationError:
        return ValidationError("No account has this login and this password.", "invalid_login")


class SignIn(LoginView):
    template_name = SignInPage.template
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {"page": SignInPage(context["form"], context["next"])}


class SignOut(LogoutView):
    next_page = "sign-in"


class Welcome(PasswordResetConfirmView):
    template_name = WelcomePage.template
    post_reset_login = True
    success_url = reverse_lazy("home")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = super().get_context_data(**kwargs)["form"]
        return {"page": WelcomePage(form, form.user.get_username() if form else "")}
