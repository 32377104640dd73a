"""The product's settings; what differs is in the environment that `demo` starts processes with.

Only the demo may be entered without a password, and only its pages say so.
"""

from config.settings import *  # noqa: F403  # the product's, unchanged
from config.settings import BASE_DIR, PLAIN, STORAGES, TEMPLATES

ROOT_URLCONF = "demo.urls"
TEMPLATES[0]["DIRS"] = [BASE_DIR / "demo" / "templates", BASE_DIR / "templates"]

# Static files from where they lie, so that a start does not wait for collecting them.
WHITENOISE_USE_FINDERS = True
STATIC_ROOT = None  # type: ignore[assignment]  # the product has one
STORAGES["staticfiles"] = {"BACKEND": PLAIN}
