# One image for the web server, the worker or everything at once:
#
#   docker run -p 127.0.0.1:5000:5000 -v ocr-data:/data ocr  everything, for this machine alone
#   docker run -e REDIS_URL=... -e SPOOL_URL=... ocr web     the web server alone
#   docker run -e REDIS_URL=... -e SPOOL_URL=... ocr worker  a worker alone; it also keeps house (there is no beat)
#
# Targets: `slim` reads with the default engine, `full` also with PaddleOCR itself. `make image` builds both.
# It runs as user 10001 on a read-only root file system; /data and /tmp have to be writable.
# The base is pinned, for all processors; what Debian has mended since, apt-get upgrade brings. The digest of today's:
#   docker buildx imagetools inspect debian:bookworm-slim
ARG BASE=docker.io/library/debian:bookworm-slim@sha256:96e378d7e6531ac9a15ad505478fcc2e69f371b10f5cdf87857c4b8188404716

# hadolint ignore=DL3006
FROM ${BASE} AS system
# Without the network `update` by itself would go on with what the base knows: no package, or an old one.
# Debian keeps one version of a package at a time, the one with its security fixes. Paddle needs libgomp1.
# hadolint ignore=DL3008
RUN apt-get update --error-on=any \
 && apt-get upgrade --yes \
 && apt-get install --yes --no-install-recommends libgomp1 python3 tini \
 && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/*

FROM system AS tools
# hadolint ignore=DL3008
RUN apt-get update --error-on=any \
 && apt-get install --yes --no-install-recommends binutils ca-certificates python3-pip python3-venv \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/ocr
# The image has no pip: this one installs from outside.
RUN python3 -m venv --without-pip .venv

FROM tools AS packages-slim
COPY requirements/slim.lock requirements/
COPY deploy/trim.sh deploy/
RUN python3 -m pip --python .venv/bin/python install --quiet --no-cache-dir --no-deps --require-hashes \
    --only-binary :all: --requirement requirements/slim.lock \
 && deploy/trim.sh .venv

FROM tools AS packages-full
COPY requirements/runtime.lock requirements/
COPY deploy/trim.sh deploy/
RUN if [ "$(uname -m)" != x86_64 ]; then \
      echo "There is no PaddlePaddle for $(uname -m): build the target slim, which reads with the default engine" >&2; exit 1; \
    fi \
 && python3 -m pip --python .venv/bin/python install --quiet --no-cache-dir --no-deps --require-hashes \
    --only-binary :all: --requirement requirements/runtime.lock \
 && deploy/trim.sh .venv

# Every file of the weights is checked by its SHA-256 as it is fetched, and again before an engine loads it.
FROM packages-slim AS weights
COPY config.py ./
COPY services/__init__.py services/
COPY services/ocr/__init__.py services/ocr/models.py services/ocr/model_sources.py services/ocr/manifest.toml services/ocr/
# The last two are for comparisons in tests.
RUN PYTHONPATH=.venv/lib/python3.11/site-packages python3 -m services.ocr.models \
 && rm -r models/PP-OCRv5_mobile_det_onnx models/PP-OCRv5_mobile_rec_onnx

FROM weights AS weights-slim
# What only PaddleOCR reads.
RUN rm -r models/PP-OCRv5_mobile_det models/PP-OCRv5_mobile_rec

FROM system AS application
WORKDIR /opt/ocr
COPY . ./
RUN rm -r requirements deploy/trim.sh && python3 -m compileall -q .

FROM system AS base
# Tesseract's data for languages that PP-OCR cannot read, by Debian's names: --build-arg TESSERACT_LANGS="ben hin"
ARG TESSERACT_LANGS=""
# hadolint ignore=DL3008,SC2046,SC2086
RUN test -z "$TESSERACT_LANGS" || { \
      apt-get update --error-on=any \
      && apt-get install --yes --no-install-recommends $(printf 'tesseract-ocr-%s ' $TESSERACT_LANGS) \
      && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/*; }
RUN install -d -o 10001 -g 10001 -m 700 /data
WORKDIR /opt/ocr
ENV PATH=/opt/ocr/.venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    DATA_DIR=/data
VOLUME /data
EXPOSE 5000
HEALTHCHECK --interval=15s --timeout=10s --start-period=120s --retries=3 CMD ["python", "-m", "services.operations.probe"]
ENTRYPOINT ["/usr/bin/tini", "--", "python", "app.py"]
CMD []

FROM base AS full
COPY --from=packages-full /opt/ocr/.venv .venv
COPY --from=weights /opt/ocr/models models
COPY --from=application /opt/ocr ./
RUN python deploy/contents.py /usr/share/doc/ocr
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="OCR service" \
      org.opencontainers.image.description="Turns images and PDFs into text and checked fields; PP-OCRv6 and PaddleOCR" \
      org.opencontainers.image.licenses="AGPL-3.0-or-later" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
USER 10001:10001

FROM base AS slim
COPY --from=packages-slim /opt/ocr/.venv .venv
COPY --from=weights-slim /opt/ocr/models models
COPY --from=application /opt/ocr ./
RUN python deploy/contents.py /usr/share/doc/ocr
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="OCR service, slim" \
      org.opencontainers.image.description="Turns images and PDFs into text and checked fields; PP-OCRv6" \
      org.opencontainers.image.licenses="AGPL-3.0-or-later" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
USER 10001:10001
