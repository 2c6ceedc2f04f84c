"""How many processors a container may use."""

from __future__ import annotations

from pathlib import Path

import pytest

from utils.cpus import available, multiplies_integers, processes, threads_each


@pytest.mark.parametrize(("quota", "cores"), [("100000 100000", 1), ("50000 100000", 1), ("max 100000", None)])
def test_a_containers_quota_counts(tmp_path: Path, quota: str, cores: int | None) -> None:
    (tmp_path / "cpu.max").write_text(quota)
    assert available(tmp_path / "cpu.max") == (cores or available(tmp_path / "absent"))


def test_one_process_a_core_unless_told_otherwise_or_memory_is_short() -> None:
    assert processes(0, 1) == available() and processes(7, 1) == 7
    assert processes(0, 10_000_000) == 1


def test_processes_share_the_processors() -> None:
    assert [threads_each(wanted, 1) for wanted in (1, 2, 1000)] == [available(), max(1, available() // 2), 1]


@pytest.mark.parametrize(("flags", "pays"), [("fpu avx512_vnni", True), ("fpu avx_vnni", True), ("fpu avx2", False)])
def test_integers_pay_where_the_processor_multiplies_them(tmp_path: Path, flags: str, pays: bool) -> None:
    (tmp_path / "cpuinfo").write_text(f"processor : 0\nflags\t\t: {flags} ht\n")
    assert multiplies_integers(tmp_path / "cpuinfo") is pays
    assert not multiplies_integers(tmp_path / "absent")
