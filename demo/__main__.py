"""`python -m demo`: the whole system with a simulated class, until Ctrl-C. PORT, STUDENTS."""

import os
import sys
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from demo.options import UnusableError, read_options
from demo.processes import DiedError, Processes, StoppedError
from demo.programs import CONTEXTS, DemoPlan, plan_demo


def main() -> int:
    try:
        options = read_options(os.environ)
        plan = plan_demo(options)
    except UnusableError as error:
        print(error, file=sys.stderr)
        return 1
    print_line(f"Setting up a class of {options.students}, all of it simulated on this machine:")
    try:
        with Processes(plan.folder) as processes:
            run_demo(plan, processes)
    except StoppedError:
        print_line("Ended.")
        return 0
    except DiedError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def run_demo(plan: DemoPlan, processes: Processes) -> None:
    """Run until `StoppedError` or `DiedError` is raised."""
    print_line("  Redis, a Kubernetes API, the students' public addresses")
    for program in plan.servers:
        processes.start_program(program)
    preparation = processes.start_program(plan.preparation)
    processes.wait_until(lambda: preparation.process.poll() == 0)
    print_line("  the web server, a worker that polls and probes")
    for program in plan.product:
        processes.start_program(program)
    processes.wait_until(
        lambda: is_answering(plan.url + "healthz") and is_answering(plan.url + "sign-in/")
    )
    print_line(format_welcome(plan))
    processes.wait_until(lambda: False)


def is_answering(url: str) -> bool:
    # Without a proxy: the user's knows nothing of this machine's own addresses.
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=5) as response:
            return bool(response.status == 200)
    except (URLError, TimeoutError):
        return False


def format_welcome(plan: DemoPlan) -> str:
    return f"""READY {plan.url}
Sign in with one click, as instructor or as a student. From a script:
  curl -c cookies -d user=instructor {plan.url}demo/sign-in/
`manage.py poll` and other clients reach the simulated cluster with this kubeconfig. It has the
contexts {" and ".join(CONTEXTS)}. (kubectl sends no token without TLS, so it gets no access.)
  {plan.folder}/kubeconfig
To see one namespace through every probe, in another shell:
  . {plan.folder}/environment && .venv/bin/python manage.py probe student-amara-o-dev
Logs are in {plan.folder}. Ctrl-C ends it all."""


def print_line(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
