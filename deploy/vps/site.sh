#!/usr/bin/env bash
# nginx's site, its certificate, and whether a page sent through it is read.
# Settings are set in one file and used in another, and constants have no blanks.
# shellcheck disable=SC1091,SC2016,SC2034,SC2086,SC2153,SC2154,SC2231

SITE=/etc/nginx/sites-available/ocr.conf
ENABLED=/etc/nginx/sites-enabled/ocr.conf
SHARED=/etc/nginx/ocr.conf
ACME=/var/lib/ocr-acme

names() {
	if [ -n "$DOMAIN" ]; then echo "$DOMAIN"; else echo "$(uname -n) 127.0.0.1 $(addresses | xargs)"; fi
}

# Of this machine, as they stand in an URL.
addresses() { hostname -I | xargs -rn 1 | sed '/:/ s/.*/[&]/'; }

have_site() {
	say "nginx"
	if $DRY && [ ! -d /etc/nginx ]; then
		did "write $SITE, and have nginx read it"
		return 0
	fi
	local changed=false
	# This machine's nginx may have zones and variables of those names already.
	put $SHARED 644 root:root < <(own_names <"$SOURCE/nginx/ocr.conf")
	! $CHANGED || changed=true
	write_site
	! $CHANGED || changed=true
	if [ ! -L $ENABLED ]; then
		act "enable it" ln -s $SITE $ENABLED
		changed=true
	fi
	reload_nginx $changed
	have_certificate
}

own_names() {
	sed -e 's/zone=flood/zone=ocr_flood/; s/limit_conn open/limit_conn ocr_open/; s/\$connection_upgrade/$ocr_connection/' \
		-e 's/\$hsts/$ocr_hsts/; s#http://ocr;#http://ocr_service;#'
}

certificate() { [ -n "$EMAIL" ] && [ -e "/etc/letsencrypt/live/$DOMAIN/fullchain.pem" ]; }

write_site() {
	local template=http
	! certificate || template=https
	local ipv6=""
	[ -e /proc/net/if_inet6 ] || ipv6='/listen \[::\]/d'
	put $SITE 644 root:root < <(
		cd "$SOURCE/deploy/vps/nginx" && cat before.conf $template.conf |
			sed -e "$ipv6" -e "s/@PORT@/$PORT/g; s/@HTTP_PORT@/$HTTP_PORT/g; s#@ACME@#$ACME#g; s/@NAMES@/$(names | xargs)/g; s/@DOMAIN@/$DOMAIN/g"
	)
}

reload_nginx() {
	if $DRY; then
		! $1 || did "have nginx read it"
		return 0
	fi
	nginx -t -q || refuse "nginx does not take its files" "see above; what is not in $SITE or $SHARED is yours"
	if ! systemctl is-active -q nginx; then
		act "start nginx" systemctl enable --now -q nginx
	elif $1; then
		act "have nginx read it" systemctl reload nginx
	fi
}

have_certificate() {
	if [ -z "$EMAIL" ] || certificate; then return 0; fi
	say "Certificate"
	act "have certbot get one for $DOMAIN" get_certificate
	$DRY || write_site
	reload_nginx true
}

get_certificate() {
	install -d -m 755 $ACME
	certbot certonly --non-interactive --agree-tos --email "$EMAIL" --webroot --webroot-path $ACME --domain "$DOMAIN" \
		--deploy-hook "systemctl reload nginx" ||
		refuse "certbot got no certificate for $DOMAIN" \
			"see above; the name has to lead to this machine, and port 80 has to be open; until then it is served without TLS"
}

address() {
	if certificate; then echo "https://$DOMAIN"; else
		set -- "${DOMAIN:-$(addresses | head -n 1)}"
		echo "http://${1:-127.0.0.1}$([ "$HTTP_PORT" = 80 ] || echo ":$HTTP_PORT")"
	fi
}

# ask PATH [OPTION OF CURL ...]: through nginx, by the name that clients use.
ask() {
	local path=$1 to=http port=$HTTP_PORT name
	name=$(names | cut -d ' ' -f 1)
	! certificate || { to=https && port=443; }
	curl -fsS --max-time 120 --insecure --connect-to "::127.0.0.1:$port" "${@:2}" "$to://$name:$port$path"
}

logs() {
	if [ "$RUNNER" = systemd ]; then echo "journalctl --namespace=ocr -f"; else echo "docker compose --project-directory $COMPOSE logs -f"; fi
}

access() {
	if [ -s $KEY_FILE ]; then
		echo "Who has no key is not let in. Yours, which makes others, is in $KEY_FILE (docs/access.md)."
	else
		echo "Whoever reaches that address can use it: AUTH=keys in the settings asks for keys (docs/access.md)."
	fi
}

# A receipt, as a client would send it. Those of nginx's processes that have not read its files yet know of no service.
final_check() {
	say "A page is read"
	local answer second key="" settings=$ENV_FILE data=$VAR
	[ "$RUNNER" = systemd ] || settings=$COMPOSE_ENV data="docker volume ls"
	for ((second = 0; second < 20; second++)); do
		! ask /health/alive >/dev/null 2>&1 || break
		sleep 0.5
	done
	[ ! -s $KEY_FILE ] || key=$(<$KEY_FILE)
	answer=$(ask /ocr/image -H @<(echo "X-API-Key: $key") -H "Prefer: wait=30" -F "file=@$SOURCE/examples/receipt.png") ||
		refuse "the service is up, but did not read a page" "look: $(logs)"
	grep -qi "total" <<<"$answer" || refuse "a page was read wrongly" "look: $(logs)"
	cat <<-TEXT
		  It works. The page is at $(address)/, the API's description at $(address)/docs/.
		  Settings: $settings    Data: $data    Logs: $(logs)    Guide: docs/vps.md
		  $(access)
	TEXT
}
