"""The class that the environment describes: the same one in each process of a demo."""

import os
from datetime import datetime
from functools import cache

from demo.apiserver.app import create_server as api_server
from demo.classroom.roster import Classroom, SimulatedStudent, build_classroom, create_students
from demo.http import Application
from demo.public.app import create_server as public_server
from netpol import lab

START = "DEMO_START"
STUDENTS = "DEMO_STUDENTS"


def list_students() -> tuple[SimulatedStudent, ...]:
    return create_students(int(os.environ[STUDENTS]))


@cache
def simulated_classroom() -> Classroom:
    start = datetime.fromisoformat(os.environ[START])
    return build_classroom(start, list_students(), lab.load_default_lab().namespaces)


def create_api_server() -> Application:
    return api_server(simulated_classroom())


def create_public_server() -> Application:
    return public_server(simulated_classroom())
