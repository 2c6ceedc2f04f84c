#!/usr/bin/env bash
# Where things lie, and how deploy-vps.sh does things: said first, only where needed, and not at all on a dry run.
# Settings are set in one file and used in another, and constants have no blanks.
# shellcheck disable=SC1091,SC2016,SC2034,SC2086,SC2153,SC2154,SC2231

OPT=/opt/ocr
ETC=/etc/ocr
VAR=/var/lib/ocr
OPTIONS=$ETC/deploy.conf
ENV_FILE=$ETC/ocr.env
KEY_FILE=$ETC/operator.key
UNITS=/etc/systemd/system
CHANGES=0

refuse() {
	echo "Cannot go on: $1." >&2
	echo "What to do: $2." >&2
	exit 2
}

# No end without a word: the line above tells what was being done. A refusal in a subshell (2) has said its words already.
unexpected() {
	[ "$BASH_SUBSHELL" = 0 ] || return 0
	[ "$1" != 2 ] || exit 2
	refuse "the step above ended with $1" "see its words, and run this again; what is done stays done"
}

say() { echo "== $*"; }

did() {
	CHANGES=$((CHANGES + 1))
	if $DRY; then echo "  would $*"; else echo "  $*"; fi
}

# act WHAT COMMAND...: tells, and does unless on a dry run.
act() {
	did "$1"
	shift
	$DRY || "$@"
}

# put FILE MODE OWNER: standard input becomes the file, where it is not the same already. CHANGED tells.
put() {
	local new
	new=$(mktemp)
	cat >"$new"
	CHANGED=false
	if ! cmp -s "$new" "$1" || [ "$(stat -c '%a %U:%G' "$1")" != "$2 $3" ]; then
		CHANGED=true
		did "write $1"
		$DRY || install -D -m "$2" -o "${3%:*}" -g "${3#*:}" "$new" "$1"
	fi
	rm "$new"
}

# remove PATH...: those that are there.
remove() {
	local path
	for path; do
		if [ -e "$path" ] || [ -L "$path" ]; then act "remove $path" rm -rf "$path"; fi
	done
}

random() { od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

memory_mb() { awk -v name="$1:" '$1 == name {print int($2 / 1024)}' /proc/meminfo; }

have_options() {
	say "Settings"
	if [ ! -d $ETC ]; then act "make $ETC" install -d -m 755 $ETC; fi
	put $OPTIONS 644 root:root <<-TEXT
		# What deploy-vps.sh was told last; it reads this again.
		DOMAIN=$DOMAIN
		EMAIL=$EMAIL
		HTTP_PORT=$HTTP_PORT
		PORT=$PORT
		LOCK=$LOCK
		RUNNER=$RUNNER
	TEXT
}

report() {
	if $DRY; then
		echo "Nothing was done; $CHANGES things would be."
	else
		echo "Done; $CHANGES changes."
	fi
}
