"""The manifests of k8s/, with secrets made for the occasion, as kustomize renders them."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from deploy.verify.support.commands import ROOT, TOOLS, run

Object = dict[str, Any]

WORKLOADS = ("Deployment", "StatefulSet")


@dataclass(frozen=True, slots=True)
class Kustomization:
    """A copy of k8s/ in a folder of its own, so that no secret comes near the repository."""

    folder: Path

    def lay_out(self) -> None:
        """Copy everything but secrets that somebody keeps there."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(ROOT / "k8s", self.folder, ignore=shutil.ignore_patterns("secret.env"))

    def make_secret(self, overlay: str, **more: str) -> None:
        """The file that a user makes by hand."""
        names = ("REDIS_PASSWORD", "SPOOL_PASSWORD", "SECRET_KEY")
        values = {**{name: secrets.token_hex(24) for name in names}, **more}
        text = "".join(f"{name}={value}\n" for name, value in values.items())
        (self.folder / "overlays" / overlay / "secret.env").write_text(text)

    def rendered(self, path: str) -> list[Object]:
        """The objects of an overlay, by its path below k8s/. Raises Failed."""
        text = run(TOOLS / "kubectl", "kustomize", self.folder / path)
        return [manifest for manifest in yaml.safe_load_all(text) if manifest]

    def changed(self, path: str, words: Mapping[str, str]) -> None:
        """Put words in the place of others in a kustomization."""
        file = self.folder / path / "kustomization.yaml"
        text = file.read_text()
        for old, new in words.items():
            text = text.replace(old, new)
        file.write_text(text)

    def with_component(self, name: str) -> str:
        """The path of an overlay that is the base and one component."""
        folder = self.folder / "overlays" / f"only-{name}"
        folder.mkdir()
        lines = ("kind: Kustomization", "resources: [../../base]", f"components: [../../components/{name}]")
        (folder / "kustomization.yaml").write_text("\n".join(lines) + "\n")
        return f"overlays/{folder.name}"


def of_kind(objects: Iterable[Object], *kinds: str) -> Iterator[Object]:
    """Those of some kinds."""
    return (manifest for manifest in objects if manifest["kind"] in kinds)


def named(objects: Iterable[Object], kind: str, name: str) -> Object:
    """The one of that kind and name. Raises StopIteration."""
    return next(manifest for manifest in of_kind(objects, kind) if manifest["metadata"]["name"] == name)


def title(thing: Object) -> str:
    """Such as `Deployment/web`."""
    return f"{thing['kind']}/{thing['metadata']['name']}"


def templates(objects: Iterable[Object]) -> Iterator[tuple[str, Object]]:
    """The pod templates, of jobs too, with the title of what has them."""
    return (
        (title(manifest), manifest["spec"]["template"])
        for manifest in objects
        if "template" in manifest.get("spec", ())
    )


def containers(template: Object) -> Sequence[Object]:
    """Those that start with the pod, and those before them."""
    return [*template["spec"].get("initContainers", ()), *template["spec"]["containers"]]


def selected(labels: Object, selector: Object) -> bool:
    """Whether labels have all that is asked for, as in `matchLabels` or a Service's selector."""
    return selector.items() <= labels.items()
