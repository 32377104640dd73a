"""How soon do open pages hear of what was recorded? `python -m bench.live 500`

Starts what a class has: the web server as the Procfile starts it, with one process, a Redis, and a
database file of so many namespaces. As many pages listen, each student to their own namespace.
Then polls are recorded by the product's own code, and each page's delay is counted from the moment
at which its snapshot was written.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from statistics import median

import django
import httpx

from tests.processes import running, wait_until
from tests.servers import ROOT, free_port, procfile, redis_server


def main(pages: int) -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        port = free_port()
        os.environ |= {
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
            "REDIS_URL": stack.enter_context(redis_server()),
            "SECRET_KEY": "bench" * 12,
            "BIND": f"127.0.0.1:{port}",
            "WEB_CONCURRENCY": "1",
            "LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DEBUG": "1",  # static files from where they lie
        }
        django.setup()
        cookies = class_of(pages)
        command, silent = ["sh", "-c", procfile("web")], subprocess.DEVNULL
        web = stack.enter_context(running(command, cwd=ROOT, stdout=silent, stderr=silent))
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: answers(url), "the web server")
        worker = int(Path(f"/proc/{web.pid}/task/{web.pid}/children").read_text().split()[0])
        asyncio.run(measure(url, worker, cookies))


def answers(url: str) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(f"{url}/healthz", trust_env=False).status_code == 200
    return False


def class_of(size: int) -> dict[str, str]:
    """The session of each student, by the name of their namespace."""
    from django.contrib.auth.models import User  # noqa: PLC0415  # once Django is set up
    from django.core.management import call_command  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    poll(range(size), 0, size)
    found = {}
    for number in range(size):
        client = Client()
        client.force_login(User.objects.create(username=f"s{number}", password="!"))
        found[f"student-s{number}-dev"] = client.cookies["sessionid"].value
    return found


before: dict[int, int] = {}
"""How many policies each student has."""


def poll(of: range, policies: int, size: int) -> None:
    """The whole class as it is, but that those have so many of the solution's policies."""
    from dataclasses import replace  # noqa: PLC0415

    from django.utils import timezone  # noqa: PLC0415

    from dashboard.collect.poll import record_reading  # noqa: PLC0415
    from tests import make  # noqa: PLC0415

    def policies_of(number: int) -> list[make.Json]:
        namespace = f"student-s{number}-dev"
        held = make.solution()[: policies if number in of else before.get(number, 0)]
        before[number] = len(held)
        return [each | {"metadata": each["metadata"] | {"namespace": namespace}} for each in held]

    readings = [make.reading(*policies_of(n), student=f"s{n}") for n in range(size)]
    record_reading(replace(make.cluster_reading(*readings), at=timezone.now()))


async def measure(url: str, worker: int, cookies: dict[str, str]) -> None:
    size = len(cookies)
    idle = memory(worker)
    heard: asyncio.Queue[tuple[str, float]] = asyncio.Queue()
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=None, trust_env=False) as web:
        opened = asyncio.Semaphore(0)
        began = time.monotonic()
        listening = [
            asyncio.create_task(listen(web, name, session, opened, heard))
            for name, session in cookies.items()
        ]
        for _ in listening:
            await opened.acquire()
        print(
            f"{size} pages opened in {time.monotonic() - began:.1f} s; memory {idle} MB without,"
            f" {memory(worker)} MB with them"
        )
        while not heard.empty():
            heard.get_nowait()
        quiet = processor(worker)
        await asyncio.sleep(10)
        print(f"10 s of silence took {processor(worker) - quiet:.2f} s of processor time")
        for what, of in (("one", range(1)), ("one", range(1, 2)), ("all", range(size))):
            await record(what, of, size, heard, worker)
        await tell_all_at_once(heard, worker)
        await redraw(web, cookies, worker)
        for task in listening:
            task.cancel()


async def listen(
    web: httpx.AsyncClient,
    name: str,
    session: str,
    opened: asyncio.Semaphore,
    heard: asyncio.Queue[tuple[str, float]],
) -> None:
    address = f"/events?namespace={name}"
    async with web.stream("GET", address, headers={"Cookie": f"sessionid={session}"}) as response:
        assert response.status_code == 200, response.status_code
        async for line in response.aiter_lines():
            if line.startswith("retry"):
                opened.release()
            elif line.startswith("data: ") and '"flows":{"' in line:
                await heard.put((name, time.time()))


async def record(
    what: str, of: range, size: int, heard: asyncio.Queue[tuple[str, float]], worker: int
) -> None:
    """In a thread, so that the pages' clock goes on; in life it is another machine's work."""
    from dashboard.history import snapshots as recording  # noqa: PLC0415
    from dashboard.models import Snapshot  # noqa: PLC0415

    written: dict[int, float] = {}
    settle = recording.record_snapshot

    def timed(at: object, namespace: int, *rest: object, kept: bool) -> bool:
        done = settle(at, namespace, *rest, kept=kept)  # type: ignore[arg-type]
        written[namespace] = time.time()
        return done

    recording.record_snapshot = timed  # type: ignore[assignment]
    busy = processor(worker)
    began = time.monotonic()
    await asyncio.to_thread(poll, of, 3 if what == "all" else 1, size)
    took = time.monotonic() - began
    got = dict([await asyncio.wait_for(heard.get(), 30) for _ in of])
    recording.record_snapshot = settle

    def names() -> dict[str, int]:
        rows = Snapshot.objects.filter(is_open=True)
        return dict(rows.values_list("namespace__name", "namespace"))

    keys = await asyncio.to_thread(names)
    delays = sorted(heard_at - written[keys[name]] for name, heard_at in got.items())
    print(
        f"a poll that changes {what} ({took:.1f} s): {len(delays)} pages told after"
        f" {median(delays):.2f} s (median), {delays[int(len(delays) * 0.95)]:.2f} (95 of 100),"
        f" {delays[-1]:.2f} (most); {processor(worker) - busy:.2f} s of the web's processor time"
    )


async def tell_all_at_once(heard: asyncio.Queue[tuple[str, float]], worker: int) -> None:
    """As if the whole class had been recorded in one moment, no two of them alike."""
    from django.utils import timezone  # noqa: PLC0415

    from dashboard.live import NamespaceNews, publish_news  # noqa: PLC0415
    from dashboard.models import Namespace  # noqa: PLC0415

    flows = {"redis to DNS": "deny", "student-app to redis": "allow", "Gateway to redis": "deny"}

    def publish_all() -> float:
        changes = [NamespaceNews(each.pk, flows, each.pk) for each in Namespace.objects.all()]
        began = time.time()
        publish_news(timezone.now(), changes)
        return began

    busy = processor(worker)
    began = await asyncio.to_thread(publish_all)
    delays = sorted([(await heard.get())[1] - began for _ in before])
    print(
        f"all told at once: {median(delays):.2f} s (median), {delays[-1]:.2f} (most);"
        f" {processor(worker) - busy:.2f} s of the web's processor time"
    )


async def redraw(web: httpx.AsyncClient, cookies: dict[str, str], worker: int) -> None:
    """What it costs when pages ask, those that are old and those that are not."""
    some = list(cookies.items())[:20]
    seen: dict[str, str] = {}
    for what in ("drawn anew", "asked for in vain"):
        busy = processor(worker)
        for name, session in some:
            address = f"/n/{name}/?seen={seen.get(name, 'old')}"
            page = await web.get(address, headers={"Cookie": f"sessionid={session}"})
            if page.status_code == 200:
                seen[name] = page.text.split("seen=")[1][:16]
        took = (processor(worker) - busy) / len(some)
        print(f"a page that is {what} takes {took * 1000:.0f} ms of processor time")


def memory(process: int) -> int:
    """Megabytes that are its own."""
    text = Path(f"/proc/{process}/smaps_rollup").read_text()
    line = next(line for line in text.splitlines() if line.startswith("Rss:"))
    return int(line.split()[1]) // 1024


def processor(process: int) -> float:
    """Seconds so far, its own and the system's for it."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
