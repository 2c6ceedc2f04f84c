"""Runs deploy-vps.sh on a machine that boots: twice, over a reboot, an upgrade, a broken upgrade, and away again."""

from __future__ import annotations

import json
import re
import time
from shlex import quote
from typing import Any

from deploy.verify.support import nspawn
from deploy.verify.support.containers import Site, until
from deploy.verify.support.load import check_receipt
from deploy.verify.support.nspawn import ADDRESS, CHECKOUT, Machine, machine
from deploy.verify.support.outcome import Figure, check
from deploy.verify.support.tls import HOST

AFTER = ()
PROGRAMS = nspawn.PROGRAMS
NAMESPACES = ("--mount", "--pid")
clear = nspawn.clear


def memory(megabytes: int) -> str:
    """Shell that lets the machine seem to have so much memory, and no swap."""
    shown = f"MemTotal: {megabytes * 1024} kB\\nSwapTotal: 0 kB\\n"
    return f"printf '{shown}' >/tmp/meminfo; mount --bind /tmp/meminfo /proc/meminfo"


PEBBLE = {
    "pebble": {
        "listenAddress": "127.0.0.1:14000",
        "managementListenAddress": "127.0.0.1:15000",
        "certificate": "/srv/acme/cert.pem",
        "privateKey": "/srv/acme/key.pem",
        "httpPort": 80,
        "tlsPort": 443,
    }
}
SCRIPT = f"cd {CHECKOUT} && ./deploy-vps.sh"
UNITS = "ocr.target ocr-valkey ocr-spool ocr-worker ocr-web nginx"
RECEIPT = f"{CHECKOUT}/examples/receipt.png"
URL = f"http://{ADDRESS}"
KEYED = '-H "X-API-Key: $(cat /etc/ocr/operator.key)"'
"""An installation asks for a key, and has made the first one itself."""

READY_SECONDS = 90
QUEUED = 6
"""Uploads that wait or are being read while an upgrade begins; a client may send 10 a minute."""

STATE = f"""
find /etc /opt/ocr -xdev -type f -printf '%p %T@ %m %U %s\\n' | sort
systemctl show --property=InvocationID {UNITS}
"""
OURS = (
    r"find / -xdev -regextype egrep -iregex '.*/(ocr|ocr[-.@][^/]*|[^/]*[.@]ocr[^/]*)' "
    f"-not -path '{CHECKOUT}/*' -not -path '/etc/letsencrypt/*'"
)
ROOTS = "/srv/acme/roots.pem"
TRUSTING = f"--cacert {ROOTS} --resolve {HOST}:443:{ADDRESS}"
SERIAL = f"openssl s_client -connect {ADDRESS}:443 -servername {HOST} </dev/null 2>&1 | openssl x509 -noout -serial"
AUTHORITY = f"""
set -e
apt-get -qq install --yes --no-install-recommends pebble openssl >/dev/null 2>&1
mkdir -p /srv/acme ~/.config/letsencrypt
cd /srv/acme
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -keyout key.pem -out cert.pem 2>/dev/null
echo '{json.dumps(PEBBLE)}' >pebble.json
printf '%s\\n' 'server = https://localhost:14000/dir' 'no-verify-ssl = true' >~/.config/letsencrypt/cli.ini
echo '{ADDRESS} {HOST}' >>/etc/hosts
systemd-run --quiet --unit=pebble --setenv=PEBBLE_VA_NOSLEEP=1 pebble -config /srv/acme/pebble.json
"""
"""What Let's Encrypt runs, for tests: it fetches what certbot lays out, through nginx, before it signs."""
LISTEN = "perl -MSocket -e 'socket(S,2,1,0);bind(S,sockaddr_in(4999,INADDR_LOOPBACK));listen(S,1);sleep 60'"
REFUSED = (
    ("", "su nobody -s /bin/sh -c ./deploy-vps.sh", "as root"),
    ("", "./deploy-vps.sh --nonsense", "no option"),
    ("", "./deploy-vps.sh --port 80a", "--port 80a"),
    ("", "./deploy-vps.sh --email a@example.com", "--domain"),
    ("", "./deploy-vps.sh --purge", "--uninstall"),
    ("", "./deploy-vps.sh --docker", "no docker"),
    (
        f"{LISTEN} & listens=$!; sleep 0.5",
        "./deploy-vps.sh --port 4999; c=$?; kill $listens; exit $c",
        "port 4999 is taken",
    ),
    ("mount -t tmpfs tmpfs /run/systemd", "./deploy-vps.sh", "systemd does not run"),
    (
        "printf 'ID=fedora\\nVERSION_ID=43' >/tmp/os; mount --bind /tmp/os /etc/os-release",
        "./deploy-vps.sh",
        "fedora 43",
    ),
    ("mount -t tmpfs -o size=1g tmpfs /opt", "./deploy-vps.sh", "/opt has 1024 MB free"),
    (memory(512), "./deploy-vps.sh --swap", "512 MB of memory"),
    (memory(1024), "./deploy-vps.sh", "no swap"),
)
"""How to make this machine lack something, what is run then, and a word of what that has to say."""


def run(site: Site) -> list[Figure]:
    """The life of an installation."""
    with machine(site) as vps:
        figures = [*_installed(vps)]
        kept = _read(vps, 0)["job_id"]
        figures.append(_rebooted(vps, kept))
        figures.append(_upgraded(vps, kept))
        _no_python(vps)
        for part in ("app.py", "wiring/door.py"):
            figures.append(_rolled_back(vps, part, kept))
        _served_by_tls(vps)
        _removed(vps, kept)
    return figures


def _installed(vps: Machine) -> list[Figure]:
    """A dry run, a real one, and one more that finds nothing to do."""
    _refusals(vps)
    before = vps.shell("find /etc /opt /var/lib -xdev -type f | sort")
    check("would" in _script(vps, "--dry-run"), "a dry run says nothing")
    check(before == vps.shell("find /etc /opt /var/lib -xdev -type f | sort"), "a dry run has written files")
    began = time.monotonic()
    _script(vps)
    took = time.monotonic() - began
    state = vps.shell(STATE)
    said = _script(vps)
    check("Done; 0 changes." in said, f"a second run does something:\n{said}")
    changed = sorted(set(vps.shell(STATE).splitlines()) ^ set(state.splitlines()))
    check(not changed, "a second run has changed files, or restarted units:\n" + "\n".join(changed))
    states = vps.tried(f"systemctl is-active {UNITS}")[1].split()
    check(states == ["active"] * len(UNITS.split()), f"of {UNITS} the states are {states}")
    check(vps.shell("stat -c '%a %U:%G' /etc/ocr/ocr.env").strip() == "640 root:ocr", "anyone may read ocr.env")
    check("404" in _status(vps, "Host: elsewhere.example"), "the default server is no longer what it was")
    return [Figure("vps", "installed in", f"{took:.0f} s"), *_hardening(vps)]


def _refusals(vps: Machine) -> None:
    """What cannot be is refused with what to do. Memory, disk and system are put over the real ones for the script."""
    for prepare, command, words in REFUSED:
        script = f"set -e; {prepare}\nset +e; cd {CHECKOUT}; {command}"
        code, said = vps.tried(f"unshare --mount bash -c {quote(script)}")
        check(code == 2 and words in said and "What to do" in said, f"{command} ended with {code}:\n{said}")
    small = f"unshare --mount bash -c {quote(memory(1024) + f'; {SCRIPT} --swap --dry-run')}"
    check("would make 2 GB of swap" in vps.shell(small), "--swap makes no swap")
    check("turn ufw on" in _script(vps, "--firewall --dry-run"), "--firewall turns no firewall on")


def _hardening(vps: Machine) -> list[Figure]:
    """What `systemd-analyze security` says of each unit: 0 is locked up, 10 wide open."""
    told = vps.shell("systemd-analyze security --no-pager")
    figures = []
    for name in ("ocr-web", "ocr-worker", "ocr-valkey", "ocr-spool"):
        exposure = re.search(rf"{name}\.service +([0-9.]+)", told)
        check(exposure is not None and float(exposure[1]) < 2, f"{name} is not locked up:\n{told}")
        figures.append(Figure(name, "exposure", exposure[1] if exposure else ""))
    return figures


def _rebooted(vps: Machine, kept: str) -> Figure:
    began = time.monotonic()
    vps.reboot()
    until(lambda: "200" in _status(vps, "X: y", "ready"), READY_SECONDS, "the service after a reboot: ready")
    took = time.monotonic() - began
    _has_result(vps, kept)
    _read(vps, 1)
    return Figure("vps", "up again after a reboot in", f"{took:.0f} s")


def _upgraded(vps: Machine, kept: str) -> Figure:
    """To another version, while jobs wait."""
    vps.shell(f"echo 9.9.9 >{CHECKOUT}/VERSION")
    code, said = vps.tried(SCRIPT)
    check(code == 2 and "--upgrade" in said, f"another version was put in place unasked:\n{said}")
    jobs = [_submitted(vps, 10 + number) for number in range(QUEUED)]
    began = time.monotonic()
    _script(vps, "--upgrade")
    took = time.monotonic() - began
    for job in (kept, *jobs):
        _has_result(vps, job)
    check("9.9.9" in vps.shell("readlink /opt/ocr/current"), "the version is not the new one")
    return Figure("vps", "upgraded in", f"{took:.0f} s")


def _no_python(vps: Machine) -> None:
    """A version that is cut short is refused before anything stops."""
    state = vps.shell(STATE)
    vps.shell(f"cp {CHECKOUT}/app.py /tmp/whole; echo 'def (' >>{CHECKOUT}/app.py")
    code, said = vps.tried(f"{SCRIPT} --upgrade", 300)
    vps.shell(f"cp /tmp/whole {CHECKOUT}/app.py; rm /tmp/whole")
    check(code == 2 and "What to do" in said, f"a version that is no Python ended with {code}:\n{said}")
    changed = [line for line in set(vps.shell(STATE).splitlines()) ^ set(state.splitlines()) if "Invocation" in line]
    check(not changed, f"a version that is no Python restarted something:\n{said}")


def _rolled_back(vps: Machine, part: str, kept: str) -> Figure:
    """A version of which one file ends at once."""
    running = vps.shell("readlink /opt/ocr/current")
    broken = f"sed -i '/^from __future__/a raise SystemExit(\"broken\")' {CHECKOUT}/{part}"
    vps.shell(f"cp {CHECKOUT}/{part} /tmp/whole; {broken}")
    began = time.monotonic()
    code, said = vps.tried(f"{SCRIPT} --upgrade --wait 25", 300)
    took = time.monotonic() - began
    vps.shell(f"cp /tmp/whole {CHECKOUT}/{part}; rm /tmp/whole")
    check(code == 2 and "runs again" in said, f"a broken {part} ended with {code}:\n{said}")
    check(running == vps.shell("readlink /opt/ocr/current"), f"a broken {part} is still in place")
    _has_result(vps, kept)
    _read(vps, len(part))
    return Figure("vps", f"back from a broken {part} in", f"{took:.0f} s")


def _served_by_tls(vps: Machine) -> None:
    """With certificates of an authority in the machine, as Let's Encrypt's cannot reach it; and their renewal."""
    vps.shell(AUTHORITY, 300)
    _script(vps, f"--domain {HOST} --email a@example.com")
    vps.shell(f"curl -sS --insecure https://localhost:15000/roots/0 >{ROOTS}")
    told = vps.shell(f"curl -sS -D - -o /dev/null {TRUSTING} https://{HOST}/health/alive")
    check("200" in told and "max-age" in told, f"over TLS:\n{told}")
    # Those of nginx's processes that have not read its files yet may answer for a moment.
    until(lambda: "301" in _status(vps, f"Host: {HOST}"), 20, "without TLS, clients are sent to it")
    said = _script(vps)
    check("Done; 0 changes." in said, f"a second run with TLS does something:\n{said}")
    before = vps.shell(SERIAL)
    vps.shell("certbot renew --force-renewal --no-random-sleep-on-renew")
    until(lambda: vps.shell(SERIAL) != before, 20, "the renewed certificate: served")


def _removed(vps: Machine, kept: str) -> None:
    """First what runs, then what is kept."""
    _script(vps, "--uninstall")
    check(vps.tried("systemctl is-active ocr-web")[1].strip() == "inactive", "it still runs")
    check(vps.tried("test -s /var/lib/ocr/valkey/appendonlydir/*.manifest")[0] == 0, "its data is gone unasked")
    _script(vps, f"--domain {HOST} --email a@example.com")
    vps.shell(f"curl -sS --fail-with-body {KEYED} {TRUSTING} https://{HOST}/ocr/job/{kept}")
    said = _script(vps, "--uninstall --purge")
    check(f"certbot delete --cert-name {HOST}" in said, f"it does not say that the certificate stays:\n{said}")
    left = vps.shell(OURS).strip()
    check(not left, f"it leaves behind:\n{left}")
    check(vps.tried("getent passwd ocr")[0] != 0, "its user is left")
    check(vps.shell("systemctl is-active nginx").strip() == "active", "nginx is gone with it")


def _script(vps: Machine, options: str = "") -> str:
    print(f"  deploy-vps.sh {options}", flush=True)
    return vps.shell(f"{SCRIPT} {options} 2>&1", 600)


def _status(vps: Machine, header: str, probe: str = "alive") -> str:
    """What a probe answers through nginx; 000 where nothing does."""
    return vps.shell(f"curl -sS -o /dev/null -w '%{{http_code}}' -H '{header}' {URL}/health/{probe} || true")


def _submitted(vps: Machine, number: int) -> str:
    """The id of a job on a receipt that no cache knows."""
    return str(_posted(vps, number, "")["job_id"])


def _read(vps: Machine, number: int) -> dict[str, Any]:
    """The result of such a job, through nginx."""
    found = _posted(vps, number, "-H 'Prefer: wait=60'")
    check_receipt(found)
    return found


def _posted(vps: Machine, number: int, options: str) -> dict[str, Any]:
    vps.shell(f"(cat {RECEIPT}; printf '%03d' {number}) >/tmp/upload.png")
    answer = vps.shell(f"curl -sS --fail-with-body {KEYED} {options} -F 'file=@/tmp/upload.png' {URL}/ocr/image")
    found: dict[str, Any] = json.loads(answer)
    return found


def _has_result(vps: Machine, job: str) -> None:
    vps.shell(f"curl -sS --fail-with-body {KEYED} '{URL}/ocr/job/{job}?wait=30'")
    answer = json.loads(vps.shell(f"curl -sS --fail-with-body {KEYED} {URL}/ocr/job/{job}/result"))
    check_receipt(answer)
