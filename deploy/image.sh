#!/usr/bin/env bash
# Builds the container images ocr:slim and ocr:full, also tagged ocr:VERSION-slim and ocr:VERSION-full, with docker, podman
# or buildah, whichever is there (ENGINE names one).
#
# Usage: deploy/image.sh [TARGET [ARGUMENT FOR THE ENGINE'S build ...]]
#   deploy/image.sh                                                both
#   deploy/image.sh slim --build-arg TESSERACT_LANGS="ben hin"     one, with Tesseract's Bengali and Hindi
#   deploy/image.sh slim --build-arg BASE=registry.example.com/debian:bookworm-slim
set -euo pipefail
cd "$(dirname "$0")/.."

engine=${ENGINE:-$(command -v docker podman buildah | head -n 1 || true)}
if [ -z "$engine" ]; then
	echo "An image needs docker, podman or buildah; install one of them, or run the service without: make run" >&2
	exit 1
fi
version=$(<VERSION)
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
targets=("${1:-slim}")
[ $# -gt 0 ] || targets+=(full)

# Podman and buildah keep health checks in images of Docker's format only, and layers for the next build if told to.
export BUILDAH_FORMAT=docker BUILDAH_LAYERS=true
for target in "${targets[@]}"; do
	"$engine" build --target "$target" --build-arg "VERSION=$version" --build-arg "REVISION=$revision" \
		--tag "ocr:$target" --tag "ocr:$version-$target" "${@:2}" .
done
