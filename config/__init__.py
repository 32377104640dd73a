# Imported with Django, so that every shared_task binds to this application.
from config.celery import app as celery_app

__all__ = ["celery_app"]
