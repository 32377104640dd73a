FROM python:3.11.13-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app

COPY requirements.lock .
RUN pip install --no-cache-dir --no-deps -r requirements.lock

COPY manage.py ./
COPY config config
COPY dashboard dashboard
COPY netpol netpol
COPY labs labs
COPY templates templates
COPY static static
# The key signs nothing here: it only lets the settings load.
RUN SECRET_KEY=collectstatic python manage.py collectstatic --noinput

USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "config.asgi", "--worker-class", "uvicorn_worker.UvicornWorker", "--bind", "0.0.0.0:8000", "--graceful-timeout", "3", "--no-control-socket"]
