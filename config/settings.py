"""The one settings file. The environment overrides defaults that are safe."""

import os
from ipaddress import ip_network
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

from config.secret import load_or_create_key
from netpol.model import Profile

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"


def read_flag(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


def read_names(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


DEBUG = read_flag("DEBUG")
TESTING = "PYTEST_VERSION" in os.environ  # pytest's own documented sign
HTTPS = read_flag("HTTPS")

SECRET_KEY = os.environ.get("SECRET_KEY") or load_or_create_key(VAR_DIR / "secret-key")

# The product's own settings; docs/running.md describes them.
BASE_URL = os.environ.get("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
LAB_FILE = Path(os.environ.get("LAB_FILE") or BASE_DIR / "labs" / "week-06-lab-03.yaml")
KUBECONFIG = os.environ.get("KUBECONFIG") or None
KUBE_CONTEXT = os.environ.get("KUBE_CONTEXT") or None
POLL_SECONDS = int(os.environ.get("POLL_SECONDS", "30"))
PROBE_SECONDS = int(os.environ.get("PROBE_SECONDS", "60"))
# Probes connect here instead of to what DNS says, like curl --resolve.
PROBE_GATEWAY = os.environ.get("PROBE_GATEWAY") or None
# Probes connect to public addresses and to these networks, such as that of a class on a LAN.
PROBE_ALLOWED_NETWORKS = [ip_network(item) for item in read_names("PROBE_ALLOWED_NETWORKS")]
# Where this process probes from; each observation records it.
PROBE_VANTAGE = os.environ.get("PROBE_VANTAGE", "worker")
# A YAML file of students' Uptime Kuma API keys, `login: uk1_…`, for its /metrics.
KUMA_KEYS = Path(os.environ["KUMA_KEYS"]) if os.environ.get("KUMA_KEYS") else None
# How the cluster's network plugin differs from the Kubernetes API's text.
CNI_PROFILE = Profile(os.environ.get("CNI_PROFILE") or Profile.KUBERNETES)

ALLOWED_HOSTS = read_names("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = read_names("CSRF_TRUSTED_ORIGINS")
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "dashboard.apps.DashboardConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": [
                "dashboard.web.layout.text_tags",
                "dashboard.web.layout.time_tags",
                "dashboard.web.namespace.timeline_tags",
                "dashboard.web.reports.point_tags",
            ],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or f"sqlite:///{BASE_DIR / 'db.sqlite3'}"
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Pages read while a worker writes. A writer waits at BEGIN instead of failing halfway.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.finders.PlotlyFinder",
]
# Only a server runs collectstatic. Elsewhere files are served from their sources.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG or TESTING
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
HASHED = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": PLAIN if DEBUG or TESTING else HASHED},
}

LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 7 * 24 * 60 * 60
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if TESTING:
    # The real one is slow on purpose, and most tests create users.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# plotly.js adds two <style> elements when it loads: an empty one that it fills through the DOM,
# and the map library's. A new release may change the second; Chromium then prints the new hash.
PLOTLY_STYLES = [
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
    "'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='",
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF, *PLOTLY_STYLES],
        "img-src": [SELF, "data:", "blob:"],  # Plotly's "save as picture" needs both
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # health checks come from inside, without TLS
SECURE_HSTS_SECONDS = 30 * 24 * 60 * 60 if HTTPS else 0
if read_flag("TRUST_PROXY"):
    # Only behind a proxy that sets or strips this header: otherwise any client could claim HTTPS.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "INFO").upper()},
}

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# After this many seconds Redis delivers an unacknowledged task again. No task takes as long.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300}
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 100
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_DEFAULT_QUEUE = "polls"
CELERY_TASK_ROUTES = {"dashboard.tasks.probe_*": {"queue": "probes"}}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TIMEZONE = "UTC"
# A round that is still queued when the next one is due expires: it would only repeat it.
CELERY_BEAT_SCHEDULE = {
    name: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
    for name, task, seconds in (
        ("poll", "dashboard.tasks.poll", POLL_SECONDS),
        ("probe", "dashboard.tasks.probe_class", PROBE_SECONDS),
        ("fold", "dashboard.tasks.fold", 3600),
    )
}
