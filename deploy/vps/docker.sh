#!/usr/bin/env bash
# The same with containers: docker-compose.yml in /opt/ocr/compose, its settings in /etc/ocr, this machine's nginx in front.
# Settings are set in one file and used in another, and constants have no blanks.
# shellcheck disable=SC1091,SC2016,SC2034,SC2086,SC2153,SC2154,SC2231

COMPOSE=$OPT/compose
COMPOSE_ENV=$ETC/compose.env

check_docker() {
	if docker --version 2>/dev/null | grep -qi podman; then
		refuse "docker is podman here, whose compose does not wait for what it starts" "install docker (docs.docker.com), or leave out --docker"
	fi
	docker compose version >/dev/null 2>&1 ||
		refuse "there is no docker with its compose plugin" "install it (docs.docker.com), or leave out --docker"
	docker info >/dev/null 2>&1 || refuse "docker does not answer" "systemctl start docker, and look: journalctl -u docker -e"
}

run_containers() {
	say "Containers"
	local changed=false target=slim built=""
	[ "$LOCK" = slim ] || target=full
	[ ! -e $COMPOSE/built ] || built=$(<$COMPOSE/built)
	if [ $MODE = install ] && [ -n "$built" ] && [ "$built" != "$RELEASE" ]; then
		refuse "version $built is installed, this is $RELEASE" "to replace it: ./deploy-vps.sh --upgrade"
	fi
	if $DRY; then
		[ "$built" = "$RELEASE" ] || did "build the image ocr:$target, and start docker-compose.yml from $COMPOSE"
		return 0
	fi
	[ "$built" = "$RELEASE" ] || keep_before $target
	have_compose
	if [ "$built" != "$RELEASE" ]; then
		act "build the image" env ENGINE=docker "$SOURCE/deploy/image.sh" $target
		changed=true
	fi
	if $changed || ! containers_run; then act "start them" compose_up || back_to_image $target; fi
	have_key $COMPOSE_ENV compose exec -T api python
	echo "$RELEASE" >$COMPOSE/built
	prune_images
}

# Those of this version and of the one before stay; a build or two more would fill a small disk.
prune_images() {
	local title
	docker images --format '{{.Repository}}:{{.Tag}}' --filter reference=ocr |
		grep -vxE "ocr:(slim|full|before|$(<"$SOURCE/VERSION")-(slim|full))" | xargs -r docker rmi >/dev/null || true
	for title in "OCR service" "OCR service, slim"; do
		docker image prune --force --filter "label=org.opencontainers.image.title=$title" >/dev/null
	done
}

# The compose file and its settings, which are written once; sets `changed`.
have_compose() {
	put $COMPOSE/docker-compose.yml 644 root:root <"$SOURCE/docker-compose.yml"
	! $CHANGED || changed=true
	if [ ! -e $COMPOSE_ENV ]; then
		put $COMPOSE_ENV 600 root:root < <(printf 'REDIS_PASSWORD=%s\nSECRET_KEY=%s\nAUTH=keys\n' "$(random 24)" "$(random 32)")
	fi
	compose_setting PORT "$PORT"
	compose_setting OCR_IMAGE "ocr:$target"
	[ -L $COMPOSE/.env ] || act "have compose read it" ln -s $COMPOSE_ENV $COMPOSE/.env
	compose config --quiet || refuse "this compose does not take docker-compose.yml" "see above; 2.24 or later does"
}

compose_setting() {
	grep -qx "$1=$2" $COMPOSE_ENV || { act "set $1 in $COMPOSE_ENV" sed -i "/^$1=/d; \$ a $1=$2" $COMPOSE_ENV && changed=true; }
}

compose() { docker compose --project-directory $COMPOSE "$@"; }

containers_run() { [ "$(compose ps --services --status running | wc -l)" = "$(compose config --services | wc -l)" ]; }

compose_up() { compose up --detach --wait --wait-timeout "$WAIT" && ready; }

# What runs now, under names that the new version leaves alone.
keep_before() {
	docker tag "ocr:$1" ocr:before 2>/dev/null || return 0
	[ ! -e $COMPOSE/docker-compose.yml ] || cp -p $COMPOSE/docker-compose.yml $COMPOSE/before.yml
}

back_to_image() {
	local look="look: docker compose --project-directory $COMPOSE logs"
	[ -e $COMPOSE/before.yml ] || refuse "the containers do not get well in $WAIT s" "$look"
	compose logs --tail 6 api worker >&2 || true
	docker tag ocr:before "ocr:$1"
	mv $COMPOSE/before.yml $COMPOSE/docker-compose.yml
	compose_up || refuse "neither this version nor the one before gets well" "$look"
	refuse "this version does not get well here; the one before runs again" "read its words above, correct what they name, and say --upgrade again"
}

remove_containers() { act "stop its containers" compose down; }

purge_docker() {
	docker volume ls --quiet | { grep -xE "ocr_(data|redis|prometheus|grafana)" || true; } | xargs -r docker volume rm >/dev/null
	docker images --quiet --filter reference=ocr | sort -u | xargs -r docker rmi --force >/dev/null
	prune_images
}
