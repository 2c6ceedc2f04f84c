"""`make verify-deploy` notices what is valid in a manifest and leads nowhere, such as a policy for nobody's port."""

from __future__ import annotations

from itertools import chain

import pytest
import yaml

from config import ROOT
from deploy.verify.support.manifests import Object
from deploy.verify.support.wiring import ported, resolved, selecting

FILES = [
    ROOT / "k8s" / "base" / f"{name}.yaml" for name in ("web", "worker", "spool", "ingress", "network", "disruption")
]
TEXT = "\n---\n".join(path.read_text() for path in FILES)


def faults(old: str = "", new: str = "") -> str:
    """What is found where one text stands in the place of another."""
    assert old in TEXT
    objects: list[Object] = [manifest for manifest in yaml.safe_load_all(TEXT.replace(old, new)) if manifest]
    return "\n".join(chain(selecting(objects), ported(objects)))


def test_the_base_leads_where_it_says() -> None:
    assert faults() == ""


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("targetPort: http", "targetPort: htp", "Service/web: there is no port htp"),
        ("- {port: http}", "- {port: htp}", "NetworkPolicy/web: there is no port htp"),
        ("- {port: redis}", "- {port: rediss}", "NetworkPolicy/to-spool: there is no port rediss"),
        ("port: {name: http}", "port: {name: htp}", "Ingress/web: there is no port htp"),
        ("values: [web, worker]", "values: [web, wroker]", "NetworkPolicy/names: nothing has the labels"),
        ("component: spool}\n      ports", "component: spol}\n      ports", "NetworkPolicy/to-spool: nothing has"),
        (
            "  selector: {app.kubernetes.io/name: ocr",
            "  selector: {app.kubernetes.io/name: orc",
            "Service/web: nothing",
        ),
    ],
)
def test_what_leads_nowhere_is_named(old: str, new: str, found: str) -> None:
    assert found in faults(old, new)


def test_what_is_named_and_not_there_is_named() -> None:
    objects: list[Object] = [manifest for manifest in yaml.safe_load_all(TEXT) if manifest]
    assert "Deployment/web names PersistentVolumeClaim/uploads, which is not there" in [*resolved(objects)]
