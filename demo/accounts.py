"""The demo's accounts, which nobody can enter but by its one click."""

from django.contrib.auth.models import User

from demo.simulation import list_students

INSTRUCTOR = "instructor"


def create_accounts() -> None:
    instructor = User(username=INSTRUCTOR, is_staff=True)
    students = [User(username=student.login) for student in list_students()]
    for user in (instructor, *students):
        user.set_unusable_password()
    User.objects.bulk_create([instructor, *students])
