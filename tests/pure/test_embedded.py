"""What the supervisor decides before it starts anything."""

from __future__ import annotations

import os
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from config import Settings
from services.embedded import CannotStart, Child, address, broker, checks, http_ok, redis_url, valkey
from tests.support.stack import free_port


def test_a_socket_directory_somebody_else_can_enter_is_refused(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / ("x" * 120))
    directory = broker.socket_path(settings).parent
    directory.mkdir(mode=0o755)
    try:
        with pytest.raises(CannotStart, match="not a directory that only this user can enter"):
            checks.own_socket_directory(settings)
        directory.rmdir()
        directory.symlink_to(tmp_path)
        with pytest.raises(CannotStart, match="not a directory"):
            checks.own_socket_directory(settings)
    finally:
        directory.unlink()


def test_the_lock_of_a_supervisor_that_was_killed_is_taken_over(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    checks.prepare(settings)
    (tmp_path / "run" / "lock").write_text("1\n")
    again = checks.only_one(settings)
    with checks.only_one(settings), pytest.raises(CannotStart, match=f"process {os.getpid()}"):
        again.__enter__()
    assert not (tmp_path / "run" / "lock").exists()


def test_the_address_is_one_this_machine_can_open() -> None:
    assert address(Settings(host="0.0.0.0", port=80)) == "http://127.0.0.1:80"
    assert address(Settings(host="::", port=80)) == "http://[::1]:80"
    assert address(Settings(host="10.0.0.1", port=80)) == "http://10.0.0.1:80"
    assert not http_ok(Settings(host="127.0.0.1", port=free_port()), "/")


def test_a_given_redis_url_is_used_as_it_is() -> None:
    assert redis_url(Settings(redis_url="redis://cache:6379/1")) == "redis://cache:6379/1"


def test_the_server_is_found_in_its_wheel(tmp_path: Path) -> None:
    child = valkey(Settings(data_dir=tmp_path))
    assert isinstance(child, Child) and child.argv[0].endswith("valkey-server")
    assert os.access(child.argv[0], os.X_OK)


def test_root_is_told_whose_the_data_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What root made in them the service, which is somebody else, could neither read nor write."""
    settings = Settings(ocr_engine="null", data_dir=tmp_path / "data", auth="keys")
    checks.as_its_user(settings)
    settings.data_dir.mkdir()
    theirs = settings.data_dir.stat()
    monkeypatch.setattr(Path, "stat", lambda *_, **__: SimpleNamespace(st_uid=65534, st_mode=theirs.st_mode))
    for uid, refused in ((0, True), (65534, False), (1000, False)):
        monkeypatch.setattr(os, "geteuid", partial(int, uid))
        with pytest.raises(checks.CannotStart, match="sudo -u nobody") if refused else nullcontext():
            checks.as_its_user(settings)


def test_an_audit_that_cannot_be_gone_on_with_is_named(tmp_path: Path) -> None:
    """A folder in the place of its lock stands for what another user has made: root could write that."""
    settings = Settings(ocr_engine="null", data_dir=tmp_path, auth="keys")
    checks.audits(settings)
    assert settings.audits.stat().st_mode & 0o777 == 0o700
    (settings.audits / "lock").mkdir()
    checks.audits(replace(settings, auth="off"))
    with pytest.raises(checks.CannotStart, match=r"audit/lock.*chown"):
        checks.audits(settings)
