"""Fills a new database: tables, accounts, and the past three hours of the class."""

import django
from django.core.management import call_command


def main() -> None:
    django.setup()
    print("  the database", flush=True)
    call_command("migrate", verbosity=0)

    # Models exist only once Django is set up.
    from dashboard import tasks  # noqa: PLC0415
    from demo import accounts, history  # noqa: PLC0415
    from demo.simulation import simulated_classroom  # noqa: PLC0415

    classroom = simulated_classroom()
    accounts.create_accounts(classroom.students)
    accounts.record_roster(classroom.students, classroom.start)
    print("  the past three hours of the class", flush=True)
    history.record_past(classroom)

    # Beat waits for a whole period before its first round.
    tasks.poll.delay()
    tasks.probe_class.delay()


if __name__ == "__main__":
    main()
