"""The Celery application: `celery --app config`."""

import os
from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("config")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def log_like_the_web_server(**_: Any) -> None:
    """Connecting to this signal keeps Celery from configuring logging itself."""
    dictConfig(settings.LOGGING)
