"""Builds every overlay and component of k8s/ and checks what comes out, strictly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import yaml

from deploy.verify.parts.neighbours import image
from deploy.verify.support import commands
from deploy.verify.support.commands import ROOT
from deploy.verify.support.containers import Site
from deploy.verify.support.manifests import Kustomization, Object, containers, templates
from deploy.verify.support.outcome import Failed, Figure, check
from deploy.verify.support.sound import ALONE, RULES

AFTER = ()
PROGRAMS = {"promtool": "prometheus"}
NAMESPACES = ()

ALERTS = ROOT / "deploy" / "monitoring" / "alerts.yml"
OVERLAYS = {"dev": {}, "production": {"REDIS_URL": "rediss://:secret@redis.example.com:6380/0"}}
"""Each with what its secret.env has beside the passwords."""

KEDA, INSTEAD = "../../components/keda", "../../components/worker-hpa"


def run(site: Site) -> list[Figure]:
    """Every overlay, the one for production with what its comments offer too, and every component on the base alone."""
    files, faults, figures = Kustomization(site.folder / "manifests"), list[str](), list[Figure]()
    files.lay_out()
    for title, objects in _variants(files):
        rules = ALONE if title.startswith("component") else RULES
        faults += [f"{title}: {fault}" for rule in rules for fault in rule(objects)]
        faults += [f"{title}: {fault}" for fault in _agreeing(objects)]
        figures.append(Figure(title, "objects", str(len(objects))))
    _alerts_load(site, files)
    if faults:
        raise Failed("\n".join(faults))
    return figures


def _variants(files: Kustomization) -> Iterator[tuple[str, Sequence[Object]]]:
    for overlay, more in OVERLAYS.items():
        _needs_a_secret(files, overlay)
        files.make_secret(overlay, **more)
        yield f"overlay {overlay}", files.rendered(f"overlays/{overlay}")
    files.changed("overlays/production", {KEDA: INSTEAD, "# - ../..": "- ../.."})
    yield "overlay production, its alternatives", files.rendered("overlays/production")
    for component in sorted(path.name for path in (ROOT / "k8s" / "components").iterdir()):
        yield f"component {component}", files.rendered(files.with_component(component))


def _needs_a_secret(files: Kustomization, overlay: str) -> None:
    """Without the file that only its user can make, there is nothing to apply."""
    try:
        files.rendered(f"overlays/{overlay}")
    except Failed as failure:
        check("secret.env" in str(failure), f"{overlay} does not say that secret.env is missing: {failure}")
        return
    raise Failed(f"{overlay} can be built without a secret")


def _agreeing(objects: Sequence[Object]) -> Iterator[str]:
    """The images are those of docker-compose.yml."""
    known, valkey = {"web", "worker"}, image("valkey")
    for name, template in templates(objects):
        for container in containers(template):
            if container["name"] not in known and container["image"] != valkey:
                yield f"{name} has the image {container['image']}, docker-compose.yml {valkey}"


def _alerts_load(site: Site, files: Kustomization) -> None:
    """They are those of the compose stack's Prometheus. Files are compared, as kustomize folds lines in its own way."""
    rules = yaml.safe_load((files.folder / "components" / "monitoring" / "rules.yaml").read_text())
    same = rules["spec"] == yaml.safe_load(ALERTS.read_text())
    check(same, f"k8s/components/monitoring/rules.yaml has other alerts than {ALERTS.relative_to(ROOT)}")
    file = site.folder / "alerts.yml"
    file.write_text(yaml.safe_dump(rules["spec"]))
    commands.run("promtool", "check", "rules", file)
