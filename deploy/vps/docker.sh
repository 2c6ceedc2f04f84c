#!/usr/bin/env bash
# The same with containers: docker-compose.yml and its settings in /opt/ocr/compose, this machine's nginx in front.
# Settings are set in one file and used in another, and constants have no blanks.
# shellcheck disable=SC1091,SC2016,SC2034,SC2086,SC2153,SC2154,SC2231

COMPOSE=$OPT/compose

run_containers() {
	say "Containers"
	local changed=false image
	image=ocr:$(<"$SOURCE/VERSION")-slim
	if $DRY; then
		did "build the image $image, and start docker-compose.yml from $COMPOSE"
		return 0
	fi
	put $COMPOSE/docker-compose.yml 644 root:root <"$SOURCE/docker-compose.yml"
	! $CHANGED || changed=true
	if [ ! -e $COMPOSE/.env ]; then
		put $COMPOSE/.env 600 root:root < <(printf 'PORT=%s\nREDIS_PASSWORD=%s\nSECRET_KEY=%s\n' "$PORT" "$(random 24)" "$(random 32)")
		changed=true
	fi
	if ! docker image inspect "$image" >/dev/null 2>&1 || [ "$(cat $COMPOSE/built 2>/dev/null)" != "$RELEASE" ]; then
		before_image
		act "build the image" env ENGINE=docker "$SOURCE/deploy/image.sh" slim
		echo "$RELEASE" >$COMPOSE/built
		changed=true
	fi
	! $changed || act "start them" compose_up || back_to_image
}

compose() { docker compose --project-directory $COMPOSE "$@"; }

compose_up() { compose up --detach --wait --wait-timeout "$WAIT" && ready; }

# What runs now, under a name that the next build leaves alone.
before_image() { docker tag ocr:slim ocr:before 2>/dev/null || true; }

back_to_image() {
	docker tag ocr:before ocr:slim 2>/dev/null || refuse "the containers do not get well in $WAIT s" \
		"look: docker compose --project-directory $COMPOSE logs"
	rm -f $COMPOSE/built
	compose_up || true
	refuse "this version does not get well here; the one before runs again" \
		"look: docker compose --project-directory $COMPOSE logs"
}

remove_containers() {
	local volumes=()
	! $PURGE || volumes=(--volumes)
	act "stop its containers" compose down "${volumes[@]}"
}
