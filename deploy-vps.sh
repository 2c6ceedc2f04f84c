#!/usr/bin/env bash
# Puts the service on this machine (Debian 12 or 13, Ubuntu 24.04) behind nginx, as systemd units, or with
# --docker as containers. Run it from a copy of the repository, as root; run it again whenever you like: what is as it
# should be is left alone. docs/vps.md is the guide.
# The files below deploy/vps use what is set here.
# shellcheck disable=SC2034
set -eEuo pipefail

SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for part in "$SOURCE"/deploy/vps/*.sh; do
	# shellcheck source=/dev/null
	. "$part"
done

trap 'unexpected $?' ERR

usage() {
	cat <<'TEXT'
Usage: ./deploy-vps.sh [OPTION ...]

  --dry-run          say what would be done, and do nothing
  --upgrade          replace the installed version by this one; the old one comes back if this one is not ready in time
  --wait SECONDS     what "in time" means (180)
  --uninstall        remove the service; data (/var/lib/ocr) and settings (/etc/ocr) stay
  --purge            with --uninstall: remove those too, for good

  --domain NAME      the host name (or address) that clients use
  --email ADDRESS    with --domain: have certbot get a certificate from Let's Encrypt, which writes to this address
  --http-port N      where nginx listens without TLS (80)
  --port N           where the service listens, for nginx alone (5000)
  --full             install PaddleOCR too (OCR_ENGINE=paddle), which takes 2 GB more
  --firewall         turn ufw on; ssh is let in first
  --swap             make 2 GB of swap where there is none
  --docker           run docker-compose.yml in place of systemd units; needs docker with its compose plugin
TEXT
}

settings() {
	DRY=false MODE=install PURGE=false WAIT=180 FIREWALL=false SWAP=false
	DOMAIN="" EMAIL="" HTTP_PORT=80 PORT=5000 LOCK=slim RUNNER=systemd
	if [ -r "$OPTIONS" ]; then
		# What the last run was told, so that --upgrade needs no more words.
		# shellcheck source=/dev/null
		. "$OPTIONS"
	fi
}

parse() {
	while [ $# -gt 0 ]; do
		case $1 in
		--dry-run) DRY=true ;;
		--upgrade) MODE=upgrade ;;
		--uninstall) MODE=uninstall ;;
		--purge) PURGE=true ;;
		--full) LOCK=runtime ;;
		--firewall) FIREWALL=true ;;
		--swap) SWAP=true ;;
		--docker) RUNNER=docker ;;
		-h | --help)
			usage
			exit 0
			;;
		--domain | --email | --http-port | --port | --wait)
			[ $# -ge 2 ] || refuse "$1 needs a value" "see ./deploy-vps.sh --help"
			value "$1" "$2"
			shift
			;;
		*) refuse "there is no option $1" "see ./deploy-vps.sh --help" ;;
		esac
		shift
	done
}

value() {
	case $1 in
	--domain) DOMAIN=$(matching "$1" "$2" '^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$') ;;
	--email) EMAIL=$(matching "$1" "$2" '^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$') ;;
	--http-port) HTTP_PORT=$(matching "$1" "$2" '^[1-9][0-9]{0,4}$') ;;
	--port) PORT=$(matching "$1" "$2" '^[1-9][0-9]{0,4}$') ;;
	--wait) WAIT=$(matching "$1" "$2" '^[1-9][0-9]{0,3}$') ;;
	esac
}

matching() {
	[[ $2 =~ $3 ]] || refuse "$1 $2 will not do" "see ./deploy-vps.sh --help"
	printf '%s' "$2"
}

install_service() {
	check_machine
	have_swap
	have_packages
	check_installed
	have_options
	if [ "$RUNNER" = docker ]; then
		run_containers
	else
		run_units
	fi
	have_site
	have_firewall
	$DRY || final_check
}

main() {
	settings
	parse "$@"
	check_basics
	if [ $MODE = uninstall ]; then
		uninstall
	else
		install_service
	fi
	report
}

# Everything is read before anything is done: an upgrade may replace this file.
main "$@"
exit
