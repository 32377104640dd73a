"""What of an Uptime Kuma's metrics is about its monitors. Pure, and bounded: students own it."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

LONGEST = 2048
"""Characters of a line: the parser looks at each of them several times."""


def statuses(body: bytes, most: int) -> Iterator[Sample]:
    """Of the first lines about monitors; one that is too long or malformed costs only itself."""
    lines = body.decode(errors="replace").split("\n")
    about = (line for line in lines if line.startswith("monitor_status{"))
    for line in islice(about, most):
        if len(line) <= LONGEST:
            # Not every line that is none is a ValueError to the parser.
            with suppress(ValueError, IndexError):
                for family in text_string_to_metric_families(line):
                    yield from family.samples
