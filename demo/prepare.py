"""Fills a new database: tables, accounts, and the past three hours of the class."""

import django
from django.core.management import call_command


def main() -> None:
    django.setup()
    print("  the database", flush=True)
    call_command("migrate", verbosity=0)

    # Models exist only once Django is set up.
    from dashboard import tasks  # noqa: PLC0415
    from demo import accounts, enrolment, history  # noqa: PLC0415
    from demo.simulation import simulated_classroom  # noqa: PLC0415

    accounts.create_accounts()
    enrolment.record_roster(simulated_classroom().students, simulated_classroom().start)
    print("  the past three hours of the class", flush=True)
    history.record_past(simulated_classroom())

    # Beat lets a whole period pass before its first round.
    tasks.poll.delay()
    tasks.probe_class.delay()


if __name__ == "__main__":
    main()
