"""`python -m demo`: the whole system with a simulated class, until Ctrl-C. PORT, STUDENTS."""

import os
import sys
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from demo.options import UnusableError, open_sockets, read_options
from demo.processes import DiedError, Processes, StoppedError
from demo.programs import CONTEXTS, DemoPlan, plan_demo


def main() -> int:
    try:
        chosen = read_options(os.environ)
        planned = plan_demo(chosen, open_sockets(chosen.port))
    except UnusableError as error:
        print(error, file=sys.stderr)
        return 1
    try:
        with Processes(planned.folder) as processes:
            run_demo(planned, processes)
    except StoppedError:
        print("Ended.", flush=True)
        return 0
    except DiedError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def run_demo(planned: DemoPlan, processes: Processes) -> None:
    """Never comes back by itself: ends with `StoppedError` or `DiedError`."""
    print_line(
        f"Setting up a class of {planned.options.students}, all of it simulated on this machine:"
    )
    print_line("  Redis, a Kubernetes API, the students' public addresses")
    for program in (planned.redis_server, planned.api_server, planned.public_server):
        processes.start_program(program)
    preparation = processes.start_program(planned.preparation_script)
    processes.wait_until(lambda: preparation.process.poll() == 0)
    print_line("  the web server, a worker that polls and probes")
    for program in (planned.web_server, planned.celery_worker):
        processes.start_program(program)
    processes.wait_until(
        lambda: is_answering(planned.url + "healthz") and is_answering(planned.url + "sign-in/")
    )
    print_line(format_welcome(planned))
    processes.wait_until(lambda: False)


def is_answering(url: str) -> bool:
    """Asked directly: a proxy of the user's knows nothing of this machine's own addresses."""
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=5) as response:
            return bool(response.status == 200)
    except (URLError, TimeoutError):
        return False


def format_welcome(planned: DemoPlan) -> str:
    return f"""READY {planned.url}
Sign in there with one click, as instructor or as a student. From a script:
  curl -c cookies -d user=instructor {planned.url}demo/sign-in/
The simulated cluster answers `manage.py poll` and other clients by this kubeconfig, with the
contexts {" and ".join(CONTEXTS)} (kubectl sends no token without TLS, so it is not let in):
  {planned.kubeconfig}
To see one namespace through every probe, in another shell:
  . {planned.folder}/environment && .venv/bin/python manage.py probe student-amara-o-dev
Logs are in {planned.folder}. Ctrl-C ends it all."""


def print_line(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
