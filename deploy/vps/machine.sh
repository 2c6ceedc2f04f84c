#!/usr/bin/env bash
# Swap, packages and the firewall.
# Settings are set in one file and used in another, and constants have no blanks.
# shellcheck disable=SC1091,SC2016,SC2034,SC2086,SC2153,SC2154,SC2231

SWAPFILE=/swap.ocr

have_swap() {
	if ! $SWAP || [ "$(memory_mb SwapTotal)" -gt 0 ]; then return 0; fi
	say "Swap"
	act "make 2 GB of swap at $SWAPFILE" make_swap
	if ! grep -qs "^$SWAPFILE " /etc/fstab; then
		act "add it to /etc/fstab" sh -c "echo '$SWAPFILE none swap sw 0 0' >>/etc/fstab"
	fi
}

make_swap() {
	fallocate -l 2G $SWAPFILE
	chmod 600 $SWAPFILE
	mkswap -q $SWAPFILE
	swapon $SWAPFILE || refuse "this machine allows no swap" "take one with 2 GB of memory, and remove $SWAPFILE"
}

have_packages() {
	say "Packages"
	local wanted=(ca-certificates curl logrotate nginx) missing=() name
	if [ "$RUNNER" = docker ]; then
		check_docker
	else
		wanted+=(passwd "$PYTHON" "$PYTHON-venv")
	fi
	[ $LOCK = slim ] || wanted+=(libgomp1)
	[ -z "$EMAIL" ] || wanted+=(certbot)
	! $FIREWALL || wanted+=(ufw)
	for name in "${wanted[@]}"; do
		dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q "ok installed" || missing+=("$name")
	done
	[ ${#missing[@]} -eq 0 ] || act "install ${missing[*]}" apt_install "${missing[@]}"
}

apt_install() {
	export DEBIAN_FRONTEND=noninteractive
	apt-get -o DPkg::Lock::Timeout=300 -qq update
	apt-get -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold -qq install --yes --no-install-recommends "$@" >/dev/null ||
		refuse "apt-get could not install $*" "see its words above; on Ubuntu, turn on the component universe"
}

# Rules are added to a firewall that is on; one that is off is turned on with --firewall only, and ssh is let in first.
have_firewall() {
	if ! command -v ufw >/dev/null; then
		! $FIREWALL || did "let the ports of ssh and nginx in, and turn ufw on"
		return 0
	fi
	say "Firewall"
	if ! $FIREWALL && ! ufw status | grep -q "^Status: active"; then
		echo "  ufw is there, but off; --firewall turns it on."
		return 0
	fi
	local port
	for port in $(ssh_ports) "$HTTP_PORT" $([ -z "$EMAIL" ] || echo 443); do
		ufw show added | grep -q "allow $port/tcp" || act "let port $port in" ufw allow "$port/tcp" comment ocr
	done
	ufw status | grep -q "^Status: active" || act "turn ufw on" ufw --force enable
}

ssh_ports() {
	local ports
	ports=$(sshd -T 2>/dev/null | awk '$1 == "port" {print $2}') || true
	echo "${ports:-22}"
	# The port of whoever runs this, should sshd listen elsewhere than its file says.
	[ -z "${SSH_CONNECTION:-}" ] || awk '{print $4}' <<<"$SSH_CONNECTION"
}
