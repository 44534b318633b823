# syntax=docker/dockerfile:1
# Two stages: the second has no compiler, no pip cache and no development tools.
FROM python:3.13-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/venv
COPY requirements.lock /tmp/requirements.lock
RUN /opt/venv/bin/pip install --require-hashes --requirement /tmp/requirements.lock

FROM python:3.13-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        fonts-noto-cjk libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin tongban \
    && mkdir -p /var/lib/tongban/files && chown -R tongban /var/lib/tongban
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY manage.py pyproject.toml ./
COPY config config
COPY common common
COPY accounts accounts
COPY documents documents
COPY review review
COPY insurance insurance
COPY internship internship
COPY positions positions
COPY reporting reporting
COPY hall hall
COPY templates templates
COPY static static
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp \
    DJANGO_SETTINGS_MODULE=config.settings TONGBAN_VAR=/var/lib/tongban TONGBAN_STATIC_ROOT=/app/staticfiles
# Static files and the face of documents; neither opens a connection: the values only let the settings load, and stay in this step.
RUN TONGBAN_ENV=production DATABASE_URL=postgresql://build/build TONGBAN_HOSTS=build TONGBAN_CLAMAV=build TONGBAN_SMS=build \
    TONGBAN_SECRET_KEY=build TONGBAN_FIELD_KEYS=build TONGBAN_INDEX_KEY=build \
    TONGBAN_SIGNING_KEY=build TONGBAN_SIGNING_CERTIFICATE=build \
    sh -c "python manage.py collectstatic --noinput --verbosity 0 && python manage.py build_document_font"
ENV TONGBAN_ENV=production
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s CMD ["python", "-m", "config.healthcheck", "readyz"]
CMD ["gunicorn", "config.wsgi", "--config", "python:config.gunicorn", "--bind", "0.0.0.0:8000"]
