"""Pods of rendered manifests, run by podman. Around them stands what of a cluster they need: settings, names, services.

A Service's address is one that nobody has; a rule of iptables leads from it to the first ready pod that it selects, as
kube-proxy's rules do. Probes are asked as a kubelet asks them. Volumes are podman's. What is not there: scheduling,
network policies, fsGroup.
"""

from __future__ import annotations

import base64
import copy
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import httpx
import yaml

from deploy.verify.support.commands import run, works
from deploy.verify.support.containers import Site, inspected
from deploy.verify.support.manifests import Object, named, of_kind, selected
from deploy.verify.support.outcome import Failed, check

NETWORK, POD_ADDRESSES, SERVICE_ADDRESSES = "ocr-pods", "10.42.0", "10.43.0"
CHAIN = "OCR-SERVICES"
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
CLUSTERS_OWN = ("topologySpreadConstraints", "serviceAccountName", "automountServiceAccountToken", "enableServiceLinks")
"""Of a pod's specification, what has no meaning for podman."""

REFERENCE = re.compile(r"\$\(([A-Z0-9_]+)\)")


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod that runs: of which workload, where, with which template."""

    name: str
    workload: str
    address: str
    template: Object

    @property
    def container(self) -> str:
        """Podman's name for its one container."""
        return f"{self.name}-{self.spec['name']}"

    @property
    def spec(self) -> Object:
        """Of its one container."""
        found: Object = self.template["spec"]["containers"][0]
        return found

    @property
    def grace(self) -> int:
        """Seconds that it has to end."""
        return int(self.template["spec"]["terminationGracePeriodSeconds"])


@dataclass(slots=True)
class Cluster:
    """The pods that run of an overlay's objects, in a network namespace of their own."""

    site: Site
    objects: Sequence[Object]
    images: Mapping[str, str]
    pods: list[Pod] = field(default_factory=list)
    started: int = 0

    def open(self) -> None:
        """Make the pods' network, and an empty list of services."""
        self.site.podman("network", "create", "--disable-dns", "--subnet", f"{POD_ADDRESSES}.0/24", NETWORK)
        run("ip", "route", "add", f"{SERVICE_ADDRESSES}.0/24", "dev", "lo")
        run("iptables", "-t", "nat", "-N", CHAIN)
        for hook in ("OUTPUT", "PREROUTING"):
            run("iptables", "-t", "nat", "-I", hook, "-d", f"{SERVICE_ADDRESSES}.0/24", "-j", CHAIN)
        for network in (POD_ADDRESSES, SERVICE_ADDRESSES):
            to_service = ("-m", "conntrack", "--ctorigdst", f"{SERVICE_ADDRESSES}.0/24", "-j", "MASQUERADE")
            run("iptables", "-t", "nat", "-I", "POSTROUTING", "-s", f"{network}.0/24", *to_service)

    def close(self) -> None:
        """Remove all of it, volumes too."""
        for pod in list(self.pods):
            with suppress(Failed):
                self.remove(pod, seconds=0)
        with suppress(Failed):
            self.site.podman("network", "rm", "--force", NETWORK)
            self.site.podman("volume", "prune", "--force")

    def play(self, kind: str, name: str) -> Pod:
        """Start one more pod of a workload and wait until its probes pass. Raises Failed."""
        self.started += 1
        workload = named(self.objects, kind, name)
        pod_name = f"{name}-0" if kind == "StatefulSet" else f"{name}-{self.started}"
        pod = Pod(pod_name, name, f"{POD_ADDRESSES}.{9 + self.started}", workload["spec"]["template"])
        file = self.site.folder / "kubernetes" / f"{pod_name}.yaml"
        file.write_text(yaml.safe_dump(self.manifest(pod, workload)))
        self.site.podman("kube", "play", "--network", NETWORK, "--ip", pod.address, str(file))
        self.pods.append(pod)
        self.awaited(pod)
        self.connect()
        return pod

    def manifest(self, pod: Pod, workload: Object) -> Object:
        """The pod with its settings in it and without what only a cluster understands."""
        spec = copy.deepcopy(pod.template["spec"])
        for key in CLUSTERS_OWN:
            spec.pop(key, None)
        for container in spec["containers"]:
            for key in (*PROBES, "lifecycle", "envFrom", "ports"):
                container.pop(key, None)
            container["env"] = [{"name": k, "value": v} for k, v in settings(self.objects, pod.spec).items()]
            container["image"] = self.images.get(container["image"], container["image"])
        for claim in workload["spec"].get("volumeClaimTemplates", ()):
            name = claim["metadata"]["name"]
            source = {"claimName": f"{name}-{pod.name}"}
            spec.setdefault("volumes", []).append({"name": name, "persistentVolumeClaim": source})
        spec["hostAliases"] = [{"ip": ip, "hostnames": [service]} for service, ip in self.services().items()]
        labels = pod.template["metadata"]["labels"]
        return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": pod.name, "labels": labels}, "spec": spec}

    def services(self) -> dict[str, str]:
        """The address of each Service, by its name."""
        names = sorted(manifest["metadata"]["name"] for manifest in of_kind(self.objects, "Service"))
        return {name: f"{SERVICE_ADDRESSES}.{number}" for number, name in enumerate(names, 10)}

    def connect(self) -> None:
        """Lead every Service to the first pod that it selects; all rules are replaced at once."""
        rules = ["*nat", f":{CHAIN} - [0:0]"]
        for name, address in self.services().items():
            service = named(self.objects, "Service", name)["spec"]
            for pod in self.pods:
                if selected(pod.template["metadata"]["labels"], service["selector"]):
                    rules += [lead(address, port, pod) for port in service["ports"]]
                    break
        file = self.site.folder / "kubernetes" / "services.rules"
        file.write_text("\n".join([*rules, "COMMIT", ""]))
        run("iptables-restore", "--noflush", file)

    def awaited(self, pod: Pod) -> None:
        """Ask its probes as a kubelet does: the start-up's until it passes, then the others."""
        for kind in PROBES:
            if probe := pod.spec.get(kind):
                check(self._comes(pod, probe), f"{pod.name}: its {kind} fails; its log ends:\n{self.log(pod)}")

    def _comes(self, pod: Pod, probe: Object) -> bool:
        """Whether a probe passes within the failures that it may have."""
        for _ in range(probe.get("failureThreshold", 3)):
            if self.passes(pod, probe):
                return True
            time.sleep(probe.get("periodSeconds", 10))
        return False

    def passes(self, pod: Pod, probe: Object) -> bool:
        """One try. In a container without a shell of ours, by its own programs."""
        seconds = probe.get("timeoutSeconds", 1)
        if request := probe.get("httpGet"):
            url = f"http://{pod.address}:{number_of(pod, request['port'])}{request['path']}"
            with suppress(httpx.HTTPError):
                return httpx.get(url, timeout=seconds).status_code < 400
            return False
        return works(*self.site.command("podman", "exec", pod.container, *probe["exec"]["command"]), seconds=seconds)

    def pid(self, pod: Pod) -> int:
        """Of its container's first process."""
        return int(inspected(self.site, pod.container)["State"]["Pid"])

    def log(self, pod: Pod) -> str:
        """The end of what it has written."""
        return run("sh", "-c", '"$@" 2>&1', "-", *self.site.command("podman", "logs", "--tail", "20", pod.container))

    def kill(self, pod: Pod) -> None:
        """As when its node goes out, or its memory is at its limit."""
        self.site.podman("kill", pod.container)
        self.remove(pod, seconds=0)

    def remove(self, pod: Pod, seconds: int | None = None) -> int:
        """Tell it to go and give it its grace (or `seconds`); its exit code. Services forget it first.

        What it does before it stops (`preStop`), it does where it has a grace.
        """
        self.pods.remove(pod)
        with suppress(Failed):
            self.connect()
        before = pod.spec.get("lifecycle", {}).get("preStop")
        if before and seconds is None:
            self.site.podman("exec", pod.container, *before["exec"]["command"])
        grace = pod.grace if seconds is None else seconds
        self.site.podman("stop", "--ignore", "--time", str(grace), pod.container, seconds=grace + 60)
        code = int(inspected(self.site, pod.container)["State"]["ExitCode"])
        self.site.podman("pod", "rm", "--force", pod.name)
        return code

    def of(self, workload: str) -> list[Pod]:
        """The pods of a workload, the oldest first."""
        return [pod for pod in self.pods if pod.workload == workload]


def lead(address: str, port: Object, pod: Pod) -> str:
    """The rule that leads from a port of a Service's address to a pod."""
    target = f"{pod.address}:{number_of(pod, port['targetPort'])}"
    return f"-A {CHAIN} -d {address} -p tcp --dport {port['port']} -j DNAT --to-destination {target}"


def number_of(pod: Pod, port: int | str) -> int:
    """A port of its container, by number or name."""
    ports = {exposed["name"]: exposed["containerPort"] for exposed in pod.spec["ports"]}
    return int(ports.get(str(port), port))


def settings(objects: Sequence[Object], container: Object) -> dict[str, str]:
    """The environment of a container, as a kubelet makes it of maps, secrets and `$(NAME)`."""
    found: dict[str, str] = {}
    for source in container.get("envFrom", ()):
        for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            if reference := source.get(key):
                found |= content(named(objects, kind, reference["name"]))
    for variable in container.get("env", ()):
        found[variable["name"]] = _value(objects, variable, found)
    return found


def _value(objects: Sequence[Object], one: Object, known: Mapping[str, str]) -> str:
    if reference := one.get("valueFrom", {}).get("secretKeyRef"):
        return content(named(objects, "Secret", reference["name"]))[reference["key"]]
    return REFERENCE.sub(lambda match: known.get(match[1], match[0]), one["value"])


def content(thing: Object) -> dict[str, str]:
    """Of a ConfigMap or a Secret."""
    data: dict[str, str] = thing.get("data") or {}
    return {k: base64.b64decode(v).decode() for k, v in data.items()} if thing["kind"] == "Secret" else data
