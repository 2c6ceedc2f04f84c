# Stands for the image nginxinc/nginx-unprivileged where no registry can be reached: Debian's nginx.
ARG BASE=docker.io/library/debian:bookworm-slim
# hadolint ignore=DL3006
FROM ${BASE}
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends nginx-light wget \
 && rm -rf /var/lib/apt/lists/*
USER 101:101
CMD ["nginx", "-g", "daemon off;"]
