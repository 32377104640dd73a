"""The lab that the class is doing now."""

from functools import cache

from django.conf import settings

from netpol.lab import Lab, load_lab


@cache
def lab() -> Lab:
    """Read once for each process: a changed lab file takes a restart."""
    return load_lab(settings.LAB_FILE)
