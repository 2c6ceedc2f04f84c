"""A real nginx in front of the service, with the files of `nginx/`, for tests that have one."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from config import ROOT
from tests.support.stack import eventually, free_port

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
PREFIX = "/documents"
"""What below.conf.example has."""

needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed: apt install nginx-light")


@dataclass(frozen=True, slots=True)
class Fronted:
    """Addresses of the service: `whole` has a server of its own, `below` only a path of one."""

    whole: str
    below: str


@contextmanager
def fronting(folder: Path, upstream: int, **changed: str) -> Iterator[Fronted]:
    """nginx before the service at that port. `changed` are values of the directives called so, such as times."""
    whole, below = free_port(), free_port()
    _lay_out(folder, upstream, whole, below, changed)
    with (folder / "nginx.log").open("ab") as log:
        command = [str(NGINX), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        eventually(lambda: _listens(below) and _listens(whole), 20, (folder / "nginx.log").read_text)
        yield Fronted(f"http://127.0.0.1:{whole}", f"http://127.0.0.1:{below}{PREFIX}")
    finally:
        server.terminate()
        server.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _lay_out(folder: Path, upstream: int, whole: int, below: int, changed: dict[str, str]) -> None:
    folder.mkdir()
    for name in ("nginx.conf", "ocr.conf", "below.conf.example"):
        shutil.copyfile(ROOT / "nginx" / name, folder / name)
    other = f"server {{ listen 127.0.0.1:{below}; include {folder}/below.conf.example; }}"
    main = (folder / "nginx.conf").read_text()
    replaced = {
        "/dev/std": "RUN/std",
        "/tmp/": "RUN/",
        "api:5000": f"127.0.0.1:{upstream}",
        "listen 8080 default_server": f"listen 127.0.0.1:{whole}",
        "include /etc/nginx/mime.types;": "",
        "include /etc/nginx/tls/*.conf;": other,
        "/etc/nginx": str(folder),
        "RUN/": f"{folder}/",
    }
    for old, new in replaced.items():
        assert old in main, old
        main = main.replace(old, new)
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(user + main)
    for file in folder.glob("*.*"):
        text = file.read_text()
        for directive, value in changed.items():
            text = re.sub(rf"\b{directive} [^;]+;", f"{directive} {value};", text)
        file.write_text(text)
