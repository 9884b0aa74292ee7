# The server of Octad: `docker build -t octad .`, then see compose.yaml.
#
# The base is named by its tag. Who builds for others pins it by the digest that they have checked:
#   docker build --build-arg PYTHON=python:3.11-slim@sha256:... .
# What is installed is pinned by digests in requirements/serve.txt, and nothing is built from source.
ARG PYTHON=python:3.11-slim

FROM ${PYTHON} AS build
WORKDIR /build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements/serve.txt requirements/
RUN python -m venv /opt/octad \
    && /opt/octad/bin/python -m pip install --require-hashes -r requirements/serve.txt
COPY pyproject.toml README.md CHANGELOG.md LICENSE NOTICE ./
COPY octad octad
RUN /opt/octad/bin/python -m pip install --no-deps --no-build-isolation . \
    && /opt/octad/bin/python -m pip uninstall --yes pip setuptools

FROM ${PYTHON}
LABEL org.opencontainers.image.title="octad" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/octad /opt/octad
# The server makes its own folders below /data, which nobody else can enter.
RUN groupadd --gid 10001 octad \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin octad \
    && install -d -o octad -g octad -m 0700 /data
ENV PATH=/opt/octad/bin:$PATH \
    HOME=/data \
    OCTAD_STORE=/data/store \
    OCTAD_CACHE=/data/cache \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8642
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["octad", "client", "health"]
ENTRYPOINT ["octad"]
# Reached from outside its container only by way of what ends TLS before it, or on the loopback of the host.
CMD ["serve", "--host=0.0.0.0", "--behind-proxy"]
