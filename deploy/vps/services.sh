#!/usr/bin/env bash
# The systemd units: written from a release's own templates, so that going back to a version goes back to its units too.
# Settings are set in one file and used in another, and constants have no blanks.
# shellcheck disable=SC1091,SC2016,SC2034,SC2086,SC2153,SC2154,SC2231

SERVICES=(ocr-valkey ocr-spool ocr-worker ocr-web)

run_units() {
	have_user
	have_env_file
	have_release
	if $DRY && [ ! -e "$OPT/releases/$(release_name)" ]; then
		did "write the units ${SERVICES[*]}, and start them"
		return 0
	fi
	local before="" now
	now=$OPT/releases/$(release_name)
	[ ! -L $OPT/current ] || before=$(readlink $OPT/current)
	say "Units"
	if [ -n "$before" ] && [ "$before" != "$now" ]; then
		upgrade "$before" "$now"
	else
		run_release "$now" || refuse "the service does not start" "look: journalctl --namespace=ocr -e"
	fi
	$DRY || ready || refuse "the service is not ready in $WAIT s" "look: journalctl --namespace=ocr -e, then run this again"
	have_key $ENV_FILE python_in_unit
}

have_user() {
	say "User and folders"
	getent passwd ocr >/dev/null ||
		act "make the user ocr" useradd --system --user-group --home-dir $VAR --no-create-home --shell /usr/sbin/nologin ocr
	if [ ! -d $VAR ]; then act "make $VAR" install -d -m 700 -o ocr -g ocr $VAR; fi
}

# Written once: it is the operator's from then on.
have_env_file() {
	ENV_CHANGED=false
	if [ -e $ENV_FILE ]; then
		grep -qx "PORT=$PORT" $ENV_FILE || set_port
		return 0
	fi
	if $DRY; then
		did "write $ENV_FILE, with secrets of its own"
		return 0
	fi
	put $ENV_FILE 640 root:ocr <<-TEXT
		# Settings of the service; env.example lists all. After a change: systemctl restart ocr-worker ocr-web
		FLASK_ENV=production
		HOST=127.0.0.1
		PORT=$PORT
		TRUSTED_PROXIES=1
		DATA_DIR=$VAR
		REDIS_URL=unix:///run/ocr-valkey/valkey.sock?db=0
		SPOOL_URL=unix:///run/ocr-spool/valkey.sock?db=0
		SECRET_KEY=$(random 32)
		# Who has no API key is not let in; $KEY_FILE has the first one (docs/access.md).
		AUTH=keys
		# nginx gives /metrics to nobody, so this is for this machine alone.
		METRICS_OPEN=true
		# One for each 1.2 GB of the memory that the worker may take, as far as there are cores.
		OCR_WORKERS=$(worker_processes)
		# Take the mark away to turn callback_url on.
		#WEBHOOK_SECRET=whsec_$(head -c 32 /dev/urandom | base64)
	TEXT
}

# The first key, which makes others by POST /admin/keys; where callers are not asked for keys there is none.
have_key() {
	if [ -s $KEY_FILE ] || $DRY || ! grep -q '^AUTH=.*keys' "$1"; then return 0; fi
	say "Key"
	act "make the first API key, in $KEY_FILE" first_key "${@:2}"
}

# first_key COMMAND ...: the service's Python, where it runs.
first_key() {
	local key
	key=$("$@" -m services.operations.keys new --tenant operator --user operator --scopes read,write,scan,admin \
		--name deploy-vps.sh | tail -n 1 | tr -d '\r')
	[[ $key == ocr_* ]] || refuse "no API key was made" "look: $(logs)"
	put $KEY_FILE 600 root:root <<<"$key"
}

# The service's Python in a unit of its own, with the service's settings.
python_in_unit() {
	systemd-run --quiet --pipe --wait --collect --uid=ocr -p EnvironmentFile=$ENV_FILE -p WorkingDirectory=$OPT/current \
		$OPT/current/.venv/bin/python "$@"
}

set_port() {
	act "set PORT in $ENV_FILE" sed -i "/^PORT=/d; \$ a PORT=$PORT" $ENV_FILE
	ENV_CHANGED=true
}

worker_processes() {
	local fit
	fit=$(($(memory_mb MemTotal) * 3 / 4 / 1200))
	[ "$fit" -le "$(nproc)" ] || fit=$(nproc)
	[ "$fit" -ge 1 ] || fit=1
	echo "$fit"
}

# run_release FOLDER: its units, and everything of it running. Restarts what has changed only.
run_release() {
	local folder=$1 name changed=$ENV_CHANGED servers=false
	for name in ocr.target "${SERVICES[@]/%/.service}"; do
		put "$UNITS/$name" 644 root:root <"$folder/deploy/vps/units/$name"
		! $CHANGED || changed=true
		! $CHANGED || [[ $name != ocr-valkey* && $name != ocr-spool* ]] || servers=true
	done
	put "$UNITS/ocr-.service.d/hardening.conf" 644 root:root <"$folder/deploy/vps/units/hardening.conf"
	! $CHANGED || changed=true servers=true
	put /etc/systemd/journald@ocr.conf 644 root:root <"$folder/deploy/vps/units/journald.conf"
	if [ "$(readlink $OPT/current)" != "$folder" ]; then
		[ "$(valkey_in "$OPT/current")" = "$(valkey_in "$folder")" ] || servers=true
		act "lead $OPT/current to $(basename "$folder")" lead_to "$folder" || return 1
		changed=true
	fi
	start_units $changed $servers
}

valkey_in() { readlink -f "$1/bin/valkey-server" || true; }

lead_to() {
	ln -sfn "$1" $OPT/next
	mv -T $OPT/next $OPT/current
}

start_units() {
	local changed=$1 servers=$2
	! $changed || act "have systemd read its units" systemctl daemon-reload || return 1
	systemctl is-enabled -q ocr.target 2>/dev/null ||
		act "start with the machine" systemctl enable -q ocr.target "${SERVICES[@]/%/.service}" || return 1
	! $servers || act "restart the servers" systemctl restart ocr-valkey ocr-spool || return 1
	# A version that ends at once is started anew every two seconds, and newer systemds fail a restart that meets that. What
	# runs in the end is not theirs to say: `ready` asks the service.
	! $changed || stop_what_fails
	! $changed || act "restart worker and web" systemctl restart ocr-worker ocr-web || true
	all_run || act "start what is not running" systemctl start ocr.target "${SERVICES[@]}" || true
}

stop_what_fails() {
	local name
	for name in ocr-worker ocr-web; do
		[ "$(systemctl show -P ActiveState $name)" != activating ] || act "stop $name, which does not stay" systemctl stop $name
	done
}

all_run() {
	local name
	for name in ocr.target "${SERVICES[@]}"; do
		systemctl is-active -q "$name" || return 1
	done
}

ready() {
	local second
	for ((second = 0; second < WAIT; second++)); do
		! curl -fsS -o /dev/null --max-time 5 "http://127.0.0.1:$PORT/health/ready" 2>/dev/null || return 0
		sleep 1
	done
	return 1
}

upgrade() {
	local before=$1 now=$2
	if run_release "$now" && { $DRY || ready; }; then
		prune "$now" "$before"
		return 0
	fi
	echo "$(basename "$now") is not ready in $WAIT s; these are its last words:" >&2
	journalctl --namespace=ocr -u ocr-web -u ocr-worker -n 6 -o cat >&2 || true
	if ! run_release "$before" || ! ready; then
		refuse "$(basename "$before") is not ready either" "look: journalctl --namespace=ocr -e"
	fi
	remove "$now"
	refuse "$(basename "$now") does not work here; $(basename "$before") runs again, and nothing was lost" \
		"read its words above, correct what they name, and say --upgrade again"
}
