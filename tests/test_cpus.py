"""How many processors a container may use."""

from __future__ import annotations

from pathlib import Path

import pytest

from utils.cpus import available, processes


@pytest.mark.parametrize(("quota", "cores"), [("100000 100000", 1), ("50000 100000", 1), ("max 100000", None)])
def test_a_containers_quota_counts(tmp_path: Path, quota: str, cores: int | None) -> None:
    (tmp_path / "cpu.max").write_text(quota)
    assert available(tmp_path / "cpu.max") == (cores or available(tmp_path / "absent"))


def test_one_process_a_core_unless_told_otherwise_or_memory_is_short() -> None:
    assert processes(0, 1) == available() and processes(7, 1) == 7
    assert processes(0, 10_000_000) == 1
