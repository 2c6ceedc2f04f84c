#!/usr/bin/env bash
# `make test-pythons`: tries the service on every Python that it claims to run on. For each: the locked wheels are
# installed into .venv-<version> and imported, mypy reads the code as that version does, and the pure tests run.
# PYTHONS="3.12 3.13" names some. A version without an interpreter is named at the end; a failure ends with status 1.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
versions=${PYTHONS:-3.11 3.12 3.13}
passed=() failed=() missing=()

# Prints the path of an interpreter of this version: on the PATH, pyenv's, or uv's, which fetches one where it can.
interpreter() {
	local candidate
	for candidate in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python; do
		if "$candidate" -c "import ensurepip, sys; sys.exit('%d.%d' % sys.version_info[:2] != '$1')" 2>/dev/null; then
			command -v "$candidate"
			return
		fi
	done
	command -v uv >/dev/null && uv python install --quiet "$1" 2>/dev/null && uv python find "$1" 2>/dev/null
}

attempt() {
	local version=$1 environment=.venv-$1
	if ! cmp -s requirements/dev.lock "$environment/lock"; then
		"$2" -m venv --clear "$environment" && "$environment/bin/python" -m pip --disable-pip-version-check install \
			--quiet --no-deps --require-hashes --only-binary :all: --requirement requirements/dev.lock || return 1
		cp requirements/dev.lock "$environment/lock"
	fi
	"$environment/bin/python" -W ignore -m tests.support.imports &&
		"$environment/bin/mypy" --python-version "$version" &&
		"$environment/bin/python" -m pytest -q -n 2 --dist loadfile -m "not slow" tests/pure
}

for version in $versions; do
	echo "== Python $version"
	if ! python=$(interpreter "$version"); then
		missing+=("$version")
	elif attempt "$version" "$python"; then
		passed+=("$version")
	else
		failed+=("$version")
	fi
done
echo "Passed: ${passed[*]:-none}. Failed: ${failed[*]:-none}."
for version in ${missing[@]+"${missing[@]}"}; do
	echo "NOT TRIED: Python $version, for which no interpreter was found (apt install python$version python$version-venv," \
		"pyenv install $version, or uv python install $version)"
done
[ ${#failed[@]} -eq 0 ]
