# One image for every process of the platform; compose.yaml says which command each runs.
# Packages are those of requirements-deploy.lock, by their hashes. Code and environment belong to root and are not
# writable; the process is user 10001. State lies in /var/lib/analytics (a volume), scratch in /tmp (a tmpfs).
FROM python:3.11-slim-bookworm AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/venv
COPY requirements-deploy.lock /build/
RUN /opt/venv/bin/python -m pip install --no-deps --require-hashes -r /build/requirements-deploy.lock
COPY pyproject.toml README.md LICENSE /app/
COPY analytics_platform /app/analytics_platform
COPY dbt_project /app/dbt_project
COPY client /app/client
# As in a checkout, dbt's project lies beside the package: the package is found by its place, nothing is built.
RUN echo /app > /opt/venv/lib/python3.11/site-packages/analytics_platform.pth \
    && printf '#!/opt/venv/bin/python\nfrom analytics_platform.cli import main\n\nmain()\n' \
        > /opt/venv/bin/analytics-platform \
    && chmod 0755 /opt/venv/bin/analytics-platform
RUN /opt/venv/bin/python -m compileall -q /opt/venv /app/analytics_platform

FROM python:3.11-slim-bookworm AS runtime

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    PLATFORM_HOME=/var/lib/analytics \
    DAGSTER_HOME=/var/lib/analytics/dagster_home
RUN groupadd --gid 10001 analytics \
    && useradd --uid 10001 --gid analytics --no-create-home --home-dir /tmp --shell /usr/sbin/nologin analytics \
    && install -d -o analytics -g analytics -m 0700 /var/lib/analytics
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
COPY deploy/workspace.yaml /app/workspace.deploy.yaml
WORKDIR /app
USER 10001:10001
VOLUME /var/lib/analytics
# What a container runs has a check of its own in compose.yaml; alone, the image can say whether it is whole.
HEALTHCHECK --interval=5m --timeout=30s CMD ["analytics-platform", "--help"]
ENTRYPOINT []
CMD ["analytics-platform", "--help"]
