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

fail() {
	echo "$1" >&2
	exit 1
}

# A docker whose daemon does not answer is passed over, if there is another; else it says itself what is wrong.
found() {
	if command -v docker >/dev/null && docker version >/dev/null 2>&1; then echo docker; else
		command -v podman buildah docker | head -n 1 || true
	fi
}

engine=${ENGINE:-$(found)}
[ -n "$engine" ] || fail "An image needs docker, podman or buildah; install one of them, or run the service without: make run"
command -v "$engine" >/dev/null || fail "There is no $engine here; ENGINE is docker, podman or buildah"
version=$(<VERSION)
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
targets=("${1:-slim}")
case $#,$(uname -m) in
0,x86_64) targets+=(full) ;;
0,*) echo "Building ocr:slim alone: there is no PaddlePaddle, which ocr:full has, for $(uname -m)" ;;
esac
case ${targets[0]} in
slim | full) ;;
*) fail "There is no image ${targets[0]}; choose slim or full" ;;
esac

# Podman and buildah keep health checks in images of Docker's format only, and layers for the next build if told to.
export BUILDAH_FORMAT=docker BUILDAH_LAYERS=true
for target in "${targets[@]}"; do
	"$engine" build --target "$target" --build-arg "VERSION=$version" --build-arg "REVISION=$revision" \
		--tag "ocr:$target" --tag "ocr:$version-$target" "${@:2}" .
done
