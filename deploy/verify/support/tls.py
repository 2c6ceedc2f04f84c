"""A certificate that nobody has signed but itself, and nginx's file for it."""

from __future__ import annotations

import shutil
import ssl
from pathlib import Path

import httpx

from deploy.verify.support.commands import ROOT, run
from deploy.verify.support.outcome import check

HOST = "ocr.example.com"
"""What tls.conf.example has."""


def certified(folder: Path) -> Path:
    """Certificate, key and tls.conf.example as `folder`/ocr.conf; the certificate's path."""
    folder.mkdir(parents=True, exist_ok=True)
    own, key = folder / "fullchain.pem", folder / "privkey.pem"
    names = ("-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}")
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *names, "-keyout", key, "-out", own)
    key.chmod(0o644)  # nginx in a container is another user
    shutil.copyfile(ROOT / "nginx" / "tls" / "tls.conf.example", folder / "ocr.conf")
    return own


def check_handshake(port: int, certificate: Path, redirects: str) -> None:
    """TLS under the certificate's name, and at the address `redirects` a hint to come by it. Raises Failed."""
    trust = ssl.create_default_context(cafile=str(certificate))
    headers, named = {"Host": HOST}, {"sni_hostname": HOST}
    with httpx.Client(verify=trust, timeout=30) as client:
        answer = client.get(f"https://127.0.0.1:{port}/health/alive", headers=headers, extensions=named)
    check(answer.status_code == 200, f"by TLS came {answer.status_code}: {answer.text[:200]}")
    check("max-age" in answer.headers.get("strict-transport-security", ""), "by TLS no Strict-Transport-Security comes")
    plain = httpx.get(f"{redirects}/ocr/options", headers=headers, timeout=30)
    where = plain.headers.get("location")
    check(where == f"https://{HOST}/ocr/options", f"without TLS came {plain.status_code}, {where}")
