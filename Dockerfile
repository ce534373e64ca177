# The decision service and the build, from wheels that `make wheels` has put into build/wheels: no package index is asked.
ARG BASE=python:3.11-slim

FROM ${BASE} AS packages
RUN --mount=type=bind,source=build/wheels,target=/wheels \
    python3 -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --no-index --find-links=/wheels 'bank-marketing[service]'

FROM ${BASE}
RUN useradd --uid 10001 --create-home bank \
    && install --directory --owner=bank /app/logs /app/target /app/warehouse /decisions
WORKDIR /app
COPY --from=packages /venv /venv
COPY dbt_project.yml profiles.yml ./
COPY analyses analyses
COPY macros macros
COPY models models
COPY python_models python_models
COPY seeds seeds
COPY snapshots snapshots
COPY tests tests
USER 10001
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
    CMD ["python3", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=2)"]
CMD ["bank-marketing", "serve", "--host", "0.0.0.0", "--database", "sqlite:////decisions/log.sqlite"]
