"""Signing in and out, and the links by which people choose a password."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from tests import make

pytestmark = pytest.mark.django_db

CHOSEN = "correct horse battery"


def link(login: str, capsys: pytest.CaptureFixture[str]) -> str:
    call_command("enrol", login)
    found = re.search(r"https?://[^/]+(/welcome/\S+)", capsys.readouterr().out)
    assert found
    return found[1]


def choose(client: Client, address: str, password: str = CHOSEN) -> str:
    """Follow the link, choose a password; where that ended."""
    form = client.get(address, follow=True)
    answer = client.post(
        form.redirect_chain[-1][0], {"new_password1": password, "new_password2": password}
    )
    return answer.headers.get("Location", "")


@pytest.mark.parametrize(
    "address", ["/", "/n/student-ada-dev/", "/n/student-ada-dev/diff", "/system/"]
)
def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_back(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.headers["Location"] == f"/sign-in/?next={address}"


def test_a_page_left_open_goes_to_sign_in_as_a_whole_when_the_session_ended(client: Client) -> None:
    answer = client.get("/?environment=prod&seen=abc", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/sign-in/?next=/%3Fenvironment%3Dprod"
    assert "Location" not in answer.headers


@pytest.mark.parametrize("typed", ["Ada", "ada", "ADA"])
def test_a_login_is_accepted_in_any_case(client: Client, typed: str) -> None:
    make.user("Ada")
    answer = client.post("/sign-in/", {"username": typed, "password": "password"})
    assert answer.headers["Location"] == "/"


def test_of_two_logins_that_differ_in_case_the_typed_one_counts(client: Client) -> None:
    make.user("Ada")
    typed = make.user("ada")
    client.post("/sign-in/", {"username": "ada", "password": "password"})
    assert client.session["_auth_user_id"] == str(typed.pk)


def test_a_wrong_password_does_not_sign_in(client: Client) -> None:
    make.user("ada")
    answer = client.post("/sign-in/", {"username": "ada", "password": "guess"})
    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


def test_sign_in_does_not_lead_to_other_sites(client: Client) -> None:
    make.user("ada")
    form = {"username": "ada", "password": "password", "next": "https://example.com/"}
    assert client.post("/sign-in/", form).headers["Location"] == "/"


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(client: Client) -> None:
    make.user("ada")
    client.post("/sign-in/", {"username": "ada", "password": "password"})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_signing_out_takes_a_post(client: Client) -> None:
    client.force_login(make.user("ada"))
    assert client.get("/sign-out/").status_code == 405
    assert "_auth_user_id" in client.session
    assert client.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert "_auth_user_id" not in client.session


def test_forms_refuse_a_post_without_their_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/sign-in/", {"username": "ada", "password": "password"})
    assert answer.status_code == 403
    assert "too old" in answer.content.decode()


def test_the_link_sets_a_password_and_signs_in(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    assert choose(client, link("ada", capsys)) == "/"
    assert client.session["_auth_user_id"]
    assert User.objects.get(username="ada").check_password(CHOSEN)


def test_the_link_works_once(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    address = link("ada", capsys)
    choose(client, address)
    again = Client().get(address)
    assert "no longer good" in again.content.decode()


def test_the_link_expires(
    client: Client, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = link("ada", capsys)
    late = timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT + 60)
    monkeypatch.setattr(
        default_token_generator, "_now", lambda: late.replace(tzinfo=None), raising=True
    )
    assert "no longer good" in client.get(address).content.decode()


@pytest.mark.parametrize(
    "address", ["/welcome/MQ/nonsense/", "/welcome/!/x/", "/welcome/OTk5/a-b/"]
)
def test_a_link_that_was_cut_off_says_so(client: Client, address: str) -> None:
    answer = client.get(address)
    assert "no longer good" in answer.content.decode()


def test_the_link_does_not_stay_in_the_address_bar(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    assert client.get(link("ada", capsys)).headers["Location"].endswith("/set-password/")


def test_a_weak_password_is_refused(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    assert choose(client, link("ada", capsys), "password") == ""
    assert not User.objects.get(username="ada").has_usable_password()


def test_pages_answer_with_a_strict_content_security_policy(client: Client) -> None:
    policy = client.get("/sign-in/").headers["Content-Security-Policy"]
    assert "script-src 'self';" in f"{policy};"
    assert "unsafe" not in policy
