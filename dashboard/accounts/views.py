"""Signing in and out, and the one-time link by which a student chooses a password."""

from django.contrib.auth import get_user_model
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordResetConfirmView
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy


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
    template_name = "accounts/sign-in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


class SignOut(LogoutView):
    next_page = "sign-in"


class Welcome(PasswordResetConfirmView):
    template_name = "accounts/welcome.html"
    post_reset_login = True
    success_url = reverse_lazy("home")
