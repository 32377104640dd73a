"""The class that the environment describes: the same one in each process of a demo."""

import os
from datetime import datetime
from functools import cache

from demo.apiserver.app import server as api_server
from demo.classroom.roster import Classroom, Student, classroom, students
from demo.http import Application
from demo.public.app import server as public_server
from netpol import lab

START = "DEMO_START"
STUDENTS = "DEMO_STUDENTS"


def everybody() -> tuple[Student, ...]:
    return students(int(os.environ[STUDENTS]))


@cache
def room() -> Classroom:
    start = datetime.fromisoformat(os.environ[START])
    return classroom(start, everybody(), lab.load_default_lab().namespaces)


def api() -> Application:
    return api_server(room())


def public() -> Application:
    return public_server(room())
