"""Runs the pods of the overlay `dev` under their probes, keys asked for, and does to them what happens to pods."""

from __future__ import annotations

import time

from deploy.verify.support import containers
from deploy.verify.support.client import (
    FIRST_KEY,
    LOST,
    RECEIPT,
    SCOPES,
    let_in,
    metric,
    result,
    status,
    submitted,
    unfinished,
    varied,
)
from deploy.verify.support.containers import Site, meanwhile, until
from deploy.verify.support.load import check_receipt, memory
from deploy.verify.support.manifests import Kustomization
from deploy.verify.support.outcome import Figure, check
from deploy.verify.support.pods import Cluster, Pod
from deploy.verify.support.tables import record_pods

AFTER = ("build", "neighbours")
PROGRAMS = {**containers.PROGRAMS, "iptables": "iptables"}
NAMESPACES = ("--mount", "--net", "--pid")

JOBS = 30
PODS = (("StatefulSet", "redis"), ("Deployment", "spool"), ("Deployment", "web"), ("Deployment", "worker"))


def run(site: Site) -> list[Figure]:
    """Start, use, break, roll, stop."""
    kustomization = Kustomization(site.folder / "kubernetes")
    kustomization.lay_out()
    kustomization.make_secret("dev")
    kustomization.changed("overlays/dev", {"[RATE_LIMIT_ENABLED=false]": "[RATE_LIMIT_ENABLED=false, AUTH=keys]"})
    cluster = Cluster(site, kustomization.rendered("overlays/dev"), {"ocr:slim": "localhost/ocr:slim"})
    try:
        cluster.open()
        figures = [figure for kind, name in PODS for figure in _start(cluster, kind, name)]
        url = f"http://{cluster.services()['web']}"
        until(lambda: status(f"{url}/health/ready") == 200, 30, "ready through the Service")
        let_in(url, site.podman("exec", cluster.of("web")[0].container, *FIRST_KEY, *SCOPES))
        _check_locked(cluster, cluster.of("web")[0])
        figures += memory({pod.workload: cluster.pid(pod) for pod in cluster.pods}, url)
        if site.record:
            record_pods(figures, {pod.workload: _limits(pod) for pod in cluster.pods})
        return [*figures, *_break(cluster, url), *_drain(cluster, url), *_roll(cluster, url)]
    except Exception:
        for pod in cluster.pods:
            print(f"-- {pod.name}\n{cluster.log(pod)}")
        raise
    finally:
        cluster.close()


def _limits(pod: Pod) -> str:
    """Of processor and memory, as the manifest has them."""
    kinds = (pod.spec["resources"][kind] for kind in ("requests", "limits"))
    return ", ".join(f"{kind['cpu']} / {kind['memory']}" for kind in kinds)


def _start(cluster: Cluster, kind: str, name: str) -> list[Figure]:
    began = time.monotonic()
    pod = cluster.play(kind, name)
    return [Figure(pod.workload, "until its probes pass", f"{time.monotonic() - began:.1f} s")]


def _check_locked(cluster: Cluster, pod: Pod) -> None:
    """What the pod's securityContext asks for has come to the process."""
    told = cluster.site.podman("exec", pod.container, "cat", "/proc/1/status").splitlines()
    found = dict(line.split(":\t", 1) for line in told if ":\t" in line)
    check(found["Uid"].split() == ["10001"] * 4, f"{pod.name} runs as {found['Uid']}")
    check(int(found["CapBnd"], 16) == 0, f"{pod.name} may get the capabilities {found['CapBnd']}")
    check(found["NoNewPrivs"] == "1", f"{pod.name} may gain privileges")
    check(containers.root_is_read_only(cluster.site, pod.container), f"{pod.name} may write its root")


def _submit(url: str, first: int) -> list[str]:
    return [submitted(url, "/ocr/image", varied(RECEIPT, number)) for number in range(first, first + JOBS)]


def _break(cluster: Cluster, url: str) -> list[Figure]:
    """Kill the only worker in the middle of jobs, then Redis; new pods have to end every job."""
    jobs = _submit(url, 0)
    cluster.kill(cluster.of("worker")[0])
    met = unfinished(url, jobs)
    check(met > 0, "all jobs were read before the worker was killed")
    cluster.play("Deployment", "worker")
    cluster.kill(cluster.of("redis")[0])
    cluster.play("StatefulSet", "redis")
    until(lambda: status(f"{url}/health/ready") == 200, 90, "ready after redis came again")
    for job in jobs:
        check_receipt(result(url, job))
    return [Figure("jobs", "unread when the worker was killed, all read in the end", str(met))]


def _drain(cluster: Cluster, url: str) -> list[Figure]:
    """As in a rolling update, the old worker goes when a new one is there; it has to end what it holds."""
    old = cluster.of("worker")[0]
    cluster.play("Deployment", "worker")
    jobs, lost = _submit(url, JOBS), metric(url, LOST)
    began = time.monotonic()
    code = cluster.remove(old)
    seconds, met = time.monotonic() - began, unfinished(url, jobs)
    check(code == 0 and seconds < old.grace, f"{old.name} ended with {code} after {seconds:.0f} s")
    check(met > 0, "all jobs were read before the worker had gone")
    for job in jobs:
        check_receipt(result(url, job))
    check(metric(url, LOST) == lost, "what the worker held was taken back from it")
    return [
        Figure("rolling update", "worker drained in", f"{seconds:.1f} s"),
        Figure("rolling update", "jobs unread when it had gone, all read in the end", str(met)),
    ]


def _roll(cluster: Cluster, url: str) -> list[Figure]:
    """A new web pod takes over from the old one while somebody asks all the time, and gets an answer every time."""
    asked = list[int]()
    with meanwhile(lambda: asked.append(status(f"{url}/health/alive")), 0.05):
        old = cluster.of("web")[0]
        cluster.play("Deployment", "web")
        check(cluster.remove(old) == 0, f"{old.name} has not ended in good order")
    check({*asked} == {200}, f"of {len(asked)} requests meanwhile, {sum(one != 200 for one in asked)} failed")
    return [Figure("rolling update", "requests answered while web was replaced, all of them", str(len(asked)))]
