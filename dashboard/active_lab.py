"""The lab that the class is doing now."""

from functools import cache

from django.conf import settings

from netpol.lab import Lab, load_lab


def active_lab() -> Lab:
    """The lab of `LAB_FILE`, loaded once per process: a changed file takes a restart."""
    return _load_lab_once(settings.LAB_FILE)


_load_lab_once = cache(load_lab)
