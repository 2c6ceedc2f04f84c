# Stands for the image valkey/valkey where no registry can be reached: Debian's Redis under Valkey's names.
ARG BASE=docker.io/library/debian:bookworm-slim
# hadolint ignore=DL3006
FROM ${BASE}
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends redis-server \
 && ln -s /usr/bin/redis-server /usr/local/bin/valkey-server \
 && ln -s /usr/bin/redis-cli /usr/local/bin/valkey-cli \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o 999 -g 1000 /data
VOLUME /data
USER 999:1000
