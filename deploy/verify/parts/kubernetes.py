"""Runs the pods of the overlay `dev` under their probes and does to them what happens to pods."""

from __future__ import annotations

import time

from deploy.verify import containers
from deploy.verify.client import RECEIPT, passport_is_read, posted, result, status, submitted, varied
from deploy.verify.containers import Site, until
from deploy.verify.manifests import Kustomization
from deploy.verify.outcome import Failed, Figure, check
from deploy.verify.pods import Cluster, Pod

AFTER = ("build", "neighbours", "manifests")
PROGRAMS = {**containers.PROGRAMS, **containers.NETWORKS, "catatonit": "catatonit"}
NAMESPACES = ("--mount", "--net", "--pid")

JOBS = 30
PODS = (("StatefulSet", "redis"), ("Deployment", "spool"), ("Deployment", "web"), ("Deployment", "worker"))


def run(site: Site) -> list[Figure]:
    """Start, use, break, roll, stop."""
    kustomization = Kustomization(site.folder / "kubernetes")
    kustomization.lay_out()
    kustomization.make_secret("dev")
    cluster = Cluster(site, kustomization.rendered("overlays/dev"), {"ocr:slim": "localhost/ocr:slim"})
    try:
        cluster.open()
        figures = [figure for kind, name in PODS for figure in _start(cluster, kind, name)]
        url = f"http://{cluster.services()['web']}"
        until(lambda: status(f"{url}/health/ready") == 200, 30, "ready through the Service")
        _is_locked(cluster, cluster.of("web")[0])
        _use(url)
        figures += _break(cluster, url)
        figures += _drain(cluster, url)
        return [*figures, *_memory(cluster, "memory after all that")]
    except Exception:
        for pod in cluster.pods:
            print(f"-- {pod.name}\n{cluster.log(pod)}")
        raise
    finally:
        cluster.close()


def _start(cluster: Cluster, kind: str, name: str) -> list[Figure]:
    began = time.monotonic()
    pod = cluster.play(kind, name)
    seconds = time.monotonic() - began
    return [
        Figure(f"pod {name}", "start until its probes pass", f"{seconds:.1f} s"),
        _held(cluster, pod, "memory idle"),
    ]


def _held(cluster: Cluster, pod: Pod, what: str) -> Figure:
    pid = int(containers.inspected(cluster.site, pod.container)["State"]["Pid"])
    return Figure(f"pod {pod.workload}", what, f"{containers.memory_mb(pid):.0f} MB")


def _memory(cluster: Cluster, what: str) -> list[Figure]:
    return [_held(cluster, pod, what) for pod in cluster.pods]


def _is_locked(cluster: Cluster, pod: Pod) -> None:
    """What the pod's securityContext asks for has come to the process."""
    told = cluster.site.podman("exec", pod.container, "cat", "/proc/1/status").splitlines()
    found = dict(line.split(":\t", 1) for line in told if ":\t" in line)
    check(found["Uid"].split() == ["10001"] * 4, f"{pod.name} runs as {found['Uid']}")
    check(int(found["CapBnd"], 16) == 0, f"{pod.name} may get the capabilities {found['CapBnd']}")
    check(found["NoNewPrivs"] == "1", f"{pod.name} may gain privileges")
    try:
        cluster.site.podman("exec", pod.container, "touch", "/opt/ocr/x")
    except Failed:
        return
    check(False, f"{pod.name} may write its root")


def _use(url: str) -> None:
    """A receipt through the Service's port, and a passport through the spool."""
    read = posted(url, "/ocr/image", RECEIPT.read_bytes())
    check("TOTAL" in read["text"].upper(), f"the receipt was read as {read['text'][:200]!r}")
    passport_is_read(url)


def _submit(url: str, first: int) -> list[str]:
    return [submitted(url, "/ocr/image", varied(RECEIPT, number)) for number in range(first, first + JOBS)]


def _unfinished(url: str, jobs: list[str]) -> int:
    return sum(status(f"{url}/ocr/job/{job}") == 202 for job in jobs)


def _all_read(url: str, jobs: list[str]) -> None:
    for job in jobs:
        read = result(url, job)
        check("TOTAL" in read["text"].upper(), f"job {job} was read as {read['text'][:200]!r}")


def _break(cluster: Cluster, url: str) -> list[Figure]:
    """Kill the only worker in the middle of jobs, then Redis; new pods have to end every job."""
    jobs = _submit(url, 0)
    cluster.kill(cluster.of("worker")[0])
    met = _unfinished(url, jobs)
    check(met > 0, "all jobs were read before the worker was killed")
    cluster.play("Deployment", "worker")
    cluster.kill(cluster.of("redis")[0])
    cluster.play("StatefulSet", "redis")
    until(lambda: status(f"{url}/health/ready") == 200, 90, "ready after redis came again")
    _all_read(url, jobs)
    return [Figure("jobs", "unread when the worker was killed, all read in the end", str(met))]


def _drain(cluster: Cluster, url: str) -> list[Figure]:
    """A rolling update: a new worker, then the old one goes within its grace, in the middle of jobs; then web."""
    jobs, old = _submit(url, JOBS), cluster.of("worker")[0]
    cluster.play("Deployment", "worker")
    began = time.monotonic()
    code = cluster.remove(old)
    seconds = time.monotonic() - began
    check(code == 0 and seconds < old.grace, f"{old.name} ended with {code} after {seconds:.0f} s")
    met = _unfinished(url, jobs)
    before = cluster.of("web")[0]
    cluster.play("Deployment", "web")
    check(cluster.remove(before) == 0, f"{before.name} has not ended in good order")
    _all_read(url, jobs)
    return [Figure("rolling update", "worker drained in", f"{seconds:.1f} s"), Figure("jobs", "unread then", str(met))]
