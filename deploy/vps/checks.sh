#!/usr/bin/env bash
# What this machine has to be. Each refusal says what to do.
# Settings are set in one file and used in another, and constants have no blanks.
# shellcheck disable=SC1091,SC2016,SC2034,SC2086,SC2153,SC2154,SC2231

MEMORY_MB=1800
SWAPPED_MB=900
FREE_MB=3000

check_basics() {
	[ "$(id -u)" = 0 ] || refuse "this has to run as root" "sudo ./deploy-vps.sh"
	[ -d /run/systemd/system ] ||
		refuse "systemd does not run this machine" "use docker-compose.yml (docs/containers.md), or make run for a try"
	if [ $MODE != uninstall ] && [ -n "$EMAIL" ] && [ -z "$DOMAIN" ]; then
		refuse "--email without --domain" "name the host that the certificate is for: --domain ocr.example.com"
	fi
	if [ $MODE != uninstall ] && $PURGE; then
		refuse "--purge without --uninstall" "say both if everything is to go"
	fi
}

check_machine() {
	say "This machine"
	check_system
	check_processor
	check_memory
	check_disk
	check_ports
}

check_system() {
	local id version
	id=$(. /etc/os-release && echo "${ID:-}")
	version=$(. /etc/os-release && echo "${VERSION_ID:-}")
	PYTHON=python3
	case "$id $version" in
	"debian 12" | "debian 13" | "ubuntu 24.04") ;;
	*) refuse "this is $id $version" \
		"use Debian 12 or 13 or Ubuntu 24.04, or containers (docs/containers.md)" ;;
	esac
}

check_processor() {
	case $(uname -m) in
	x86_64)
		grep -qw sse4_2 /proc/cpuinfo ||
			refuse "this processor lacks SSE4.2" "take a machine made after 2010, or have the host pass its processor on"
		grep -qw avx2 /proc/cpuinfo ||
			echo "  This processor shows no AVX2: pages take several times as long. Ask for a host-passthrough CPU."
		;;
	aarch64) ;;
	*) refuse "there are no packages for $(uname -m)" "take a machine with x86-64 or 64-bit ARM" ;;
	esac
}

check_memory() {
	local memory swap
	memory=$(memory_mb MemTotal) swap=$(memory_mb SwapTotal)
	[ "$memory" -lt $MEMORY_MB ] || return 0
	if [ "$memory" -lt $SWAPPED_MB ]; then
		refuse "there are $memory MB of memory" "take a machine with 2 GB or more"
	elif [ "$swap" -eq 0 ] && ! $SWAP; then
		refuse "there are $memory MB of memory and no swap" "take a machine with 2 GB, or say --swap and bear slow pages"
	fi
}

check_disk() {
	local place free
	[ -d $OPT ] || for place in /opt /var; do
		free=$(df --output=avail -BM "$place" | tail -n 1 | tr -dc 0-9)
		[ "$free" -ge $FREE_MB ] || refuse "$place has $free MB free, of $FREE_MB" "free some, or mount a larger disk there"
	done
}

check_ports() {
	if listening "$PORT" && ! systemctl is-active -q ocr-web && [ "$RUNNER" != docker ]; then
		refuse "port $PORT is taken $(holder "$PORT")" "stop that program, or choose another port: --port 5001"
	fi
	if listening "$HTTP_PORT" && ! systemctl is-active -q nginx; then
		refuse "port $HTTP_PORT is taken $(holder "$HTTP_PORT"), and nginx is to listen there" \
			"stop that program, or choose another port: --http-port 8080"
	fi
}

holder() {
	local name=""
	name=$(ss -ltnpH "sport = :$1" 2>/dev/null | sed -n 's/.*users:(("\([^"]*\)".*/\1/p' | head -n 1) || true
	echo "by ${name:-another program}"
}

# Comes once Python is there, as a version's name depends on it.
check_installed() {
	RELEASE=$(release_name)
	[ -L $OPT/current ] || return 0
	[ "$RUNNER" = systemd ] || refuse "the service runs here as units already" "take it away first: ./deploy-vps.sh --uninstall"
	local installed
	installed=$(basename "$(readlink $OPT/current)")
	if [ $MODE = install ] && [ "$installed" != "$(release_name)" ]; then
		refuse "version $installed is installed, this is $(release_name)" "to replace it: ./deploy-vps.sh --upgrade"
	fi
}
