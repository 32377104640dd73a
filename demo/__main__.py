"""`python -m demo`: the whole system with a simulated class, until Ctrl-C. PORT, STUDENTS."""

import os
import sys
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from demo.choices import UnusableError, choices, open_sockets
from demo.processes import DiedError, Processes, StoppedError
from demo.programs import CONTEXTS, Plan, plan


def main() -> int:
    try:
        chosen = choices(os.environ)
        planned = plan(chosen, open_sockets(chosen.port))
    except UnusableError as error:
        print(error, file=sys.stderr)
        return 1
    try:
        with Processes(planned.folder) as processes:
            run(planned, processes)
    except StoppedError:
        print("Ended.", flush=True)
        return 0
    except DiedError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def run(planned: Plan, processes: Processes) -> None:
    """Never comes back by itself: ends with `StoppedError` or `DiedError`."""
    say(f"Setting up a class of {planned.choices.students}, all of it simulated on this machine:")
    say("  Redis, a Kubernetes API, the students' public addresses")
    for program in (planned.redis, planned.api, planned.public):
        processes.start(program)
    preparation = processes.start(planned.preparation)
    processes.wait(lambda: preparation.process.poll() == 0)
    say("  the web server, a worker that polls and probes")
    for program in (planned.web, planned.worker):
        processes.start(program)
    processes.wait(lambda: answers(planned.url + "healthz") and answers(planned.url + "sign-in/"))
    say(welcome(planned))
    processes.wait(lambda: False)


def answers(url: str) -> bool:
    """Asked directly: a proxy of the user's knows nothing of this machine's own addresses."""
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=5) as response:
            return bool(response.status == 200)
    except (URLError, TimeoutError):
        return False


def welcome(planned: Plan) -> str:
    return f"""READY {planned.url}
Sign in there with one click, as instructor or as a student. From a script:
  curl -c cookies -d user=instructor {planned.url}demo/sign-in/
The simulated cluster answers `manage.py poll` and other clients by this kubeconfig, with the
contexts {" and ".join(CONTEXTS)} (kubectl sends no token without TLS, so it is not let in):
  {planned.kubeconfig}
To see one namespace through every probe, in another shell:
  . {planned.folder}/environment && .venv/bin/python manage.py probe student-amara-o-dev
Logs are in {planned.folder}. Ctrl-C ends it all."""


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
