"""The class that the environment describes: the same one in each process of a demo."""

import os
from datetime import datetime
from functools import cache

from demo.apiserver.app import create_server as create_api
from demo.classroom.roster import Classroom, build_classroom, create_students
from demo.http import Application
from demo.public.app import create_server as create_public
from netpol import lab

START = "DEMO_START"
STUDENTS = "DEMO_STUDENTS"


@cache
def simulated_classroom() -> Classroom:
    start = datetime.fromisoformat(os.environ[START])
    students = create_students(int(os.environ[STUDENTS]))
    return build_classroom(start, students, lab.load_default_lab().namespaces)


def create_api_server() -> Application:
    return create_api(simulated_classroom())


def create_public_server() -> Application:
    return create_public(simulated_classroom())
