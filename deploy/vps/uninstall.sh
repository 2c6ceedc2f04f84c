#!/usr/bin/env bash
# Takes away what deploy-vps.sh has put here. Packages stay: others may use them by now.
# Settings are set in one file and used in another, and constants have no blanks.
# shellcheck disable=SC1091,SC2016,SC2034,SC2086,SC2153,SC2154,SC2231

uninstall() {
	say "Removing the service"
	if [ -e "$OPT/compose/docker-compose.yml" ]; then remove_containers; fi
	if [ -e "$UNITS/ocr.target" ]; then
		act "stop it" systemctl disable -q --now ocr.target "${SERVICES[@]/%/.service}"
	fi
	remove "$UNITS/ocr.target" "$UNITS/ocr-.service.d" /etc/systemd/journald@ocr.conf
	local name
	for name in "${SERVICES[@]}"; do remove "$UNITS/$name.service"; done
	act "have systemd read its units" systemctl daemon-reload
	act "stop its journal" stop_journal
	remove $ENABLED $SITE $SHARED $ACME
	if systemctl is-active -q nginx; then act "have nginx read its files" systemctl reload nginx; fi
	remove_rules
	remove $OPT $OPTIONS
	if $PURGE; then purge; else keep; fi
	! certificate || echo "  The certificate stays; to remove it too: certbot delete --cert-name $DOMAIN"
}

stop_journal() {
	systemctl stop systemd-journald@ocr.socket systemd-journald-varlink@ocr.socket systemd-journald@ocr.service 2>/dev/null || true
}

remove_rules() {
	command -v ufw >/dev/null || return 0
	local port
	for port in "$HTTP_PORT" 443; do
		if ufw show added | grep -q "allow $port/tcp comment 'ocr'"; then
			act "no longer let port $port in" ufw --force delete allow "$port/tcp"
		fi
	done
}

purge() {
	say "Removing data and settings"
	if [ -e $COMPOSE_ENV ]; then act "remove its volumes and images" purge_docker; fi
	remove $ETC $VAR /var/log/nginx/ocr.access.log* /var/log/journal/*.ocr /run/log/journal/*.ocr
	if [ -e $SWAPFILE ]; then
		act "turn its swap off" swapoff $SWAPFILE || true
		act "take it out of /etc/fstab" sed -i "\\#^$SWAPFILE #d" /etc/fstab
		remove $SWAPFILE
	fi
	if getent passwd ocr >/dev/null; then act "remove the user ocr" userdel ocr; fi
}

keep() {
	local data=$VAR
	[ "$RUNNER" = systemd ] || data="docker's volumes ocr_data and ocr_redis"
	echo "  Data stays in $data, settings in $ETC; to remove them too: ./deploy-vps.sh --uninstall --purge"
}
