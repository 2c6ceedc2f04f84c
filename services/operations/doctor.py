"""`python -m services.operations.doctor`: what an installation has, lacks and would refuse, even if it cannot start."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from types import ModuleType

import services.blobs
import services.extractors
import services.ocr.engines
from config import BadSetting, Settings, environment
from services import plugins
from services.embedded import broker, checks
from services.ocr.engine import EngineInfo
from services.operations.health import OPEN
from services.operations.misspelt import misspelt
from utils.cpus import available, processes
from utils.memory import container_limit, mb
from utils.processes import OTHER_FILES, allow_files


@dataclass(frozen=True, slots=True)
class Finding:
    """`fine` is False for what would keep this service from starting or working."""

    fine: bool
    text: str


def findings(settings: Settings) -> Iterator[Finding]:
    """One finding a fact, those about the machine first."""
    yield Finding(True, f"Python {platform.python_version()} on {platform.system()} {platform.machine()}")
    yield from _size(settings)
    yield _files(settings)
    yield from _capabilities("OCR_ENGINE", services.ocr.engines, (settings.ocr_engine,))
    yield from _capabilities("OCR_EXTRACTORS", services.extractors, _extractors(settings))
    yield from _capabilities("BLOB_STORE", services.blobs, (settings.blob_store,))
    yield from _languages(settings)
    yield _models(settings)
    yield _broker(settings)
    yield _spool(settings)
    yield _disk(settings)
    yield Finding(True, f"note: {OPEN}" if settings.is_open else f"AUTH={settings.auth}, HOST={settings.host}")


def _size(settings: Settings) -> Iterator[Finding]:
    count, limit = processes(settings.ocr_workers, settings.worker_max_memory_mb), container_limit()
    needed = count * settings.worker_max_memory_mb
    yield Finding(True, f"{available()} processors, {mb(limit):.0f} MB of memory")
    text = f"{count} worker processes of up to {settings.worker_max_memory_mb} MB each"
    enough = needed < mb(limit)
    yield Finding(enough, text if enough else f"{text} do not fit into memory; lower OCR_WORKERS")


def _files(settings: Settings) -> Finding:
    needed = settings.web_connections + OTHER_FILES
    allowed = allow_files(needed)
    text = f"{settings.web_connections} connections at once in a web process"
    lacking = f"need {needed} open files and {allowed} are allowed; raise the limit (ulimit -Hn) or lower MAX_STREAMS"
    return Finding(allowed == needed, text if allowed == needed else f"{text} {lacking}")


def _extractors(settings: Settings) -> tuple[str, ...]:
    return settings.ocr_extractors or plugins.chosen(services.extractors, ())


def _capabilities(variable: str, package: ModuleType, chosen: tuple[str, ...]) -> Iterator[Finding]:
    for name in sorted({*chosen, *plugins.names(package)}):
        wanted = name in chosen
        if name not in plugins.names(package):
            yield Finding(False, f"{variable}: {name} does not exist")
        elif lacking := plugins.missing(package, name):
            yield Finding(not wanted, f"{variable}: {name} needs {', '.join(lacking)}")
        else:
            yield Finding(True, f"{variable}: {name} {'is on' if wanted else 'could be used'}")


def _languages(settings: Settings) -> Iterator[Finding]:
    try:
        info = plugins.load(services.ocr.engines, settings.ocr_engine).describe(settings)
    except BadSetting as error:
        yield Finding(False, str(error))
        return
    yield _defaults(settings, info)
    yield Finding(True, f"can be read: {', '.join(info.languages)}")
    for language, advice in islice(info.installable.items(), 1):
        yield Finding(True, f"could be read: {', '.join(info.installable)}; for {language}, for instance, {advice}")


def _defaults(settings: Settings, info: EngineInfo) -> Finding:
    offered = settings.ocr_lang in info.languages and settings.ocr_tier in info.tiers
    text = f"OCR_LANG={settings.ocr_lang} and OCR_TIER={settings.ocr_tier}"
    known = f"the engine offers {', '.join(info.languages)}; {', '.join(info.tiers)}"
    return Finding(offered, f"{text} are offered" if offered else f"{text} will not do: {known}")


def _models(settings: Settings) -> Finding:
    try:
        plugins.load(services.ocr.engines, settings.ocr_engine).check(settings)
    except BadSetting as error:
        return Finding(False, str(error))
    return Finding(True, "the engine's model files are there and unchanged")


def _broker(settings: Settings) -> Finding:
    if not settings.redis_url:
        server = broker.binary()
        return Finding(server is not None, "embedded Valkey" if server else "no valkey-server: set REDIS_URL")
    try:
        checks.store(settings)
    except checks.CannotStart as error:
        return Finding(False, str(error))
    return Finding(True, "the server of REDIS_URL answers")


def _spool(settings: Settings) -> Finding:
    if not settings.spool_url:
        found = "embedded spool" if broker.binary() else "no valkey-server: set SPOOL_URL"
        return Finding(True, f"/scan-mrz: {found}")
    try:
        checks.spool(settings)
    except checks.CannotStart as error:
        return Finding(False, str(error))
    return Finding(True, "the server of SPOOL_URL answers, and keeps nothing")


def _disk(settings: Settings) -> Finding:
    place = next(path for path in (settings.data_dir, *settings.data_dir.parents) if path.exists())
    free = shutil.disk_usage(place).free
    return Finding(free > checks.NEEDED_MB * 1_000_000, f"{mb(free):.0f} MB free for DATA_DIR={settings.data_dir}")


def main() -> int:
    """Print the findings; 1 if one of them is not fine."""
    try:
        report = [*findings(Settings.from_env()), *(Finding(True, f"note: {text}") for text in misspelt(environment()))]
    except BadSetting as error:
        report = [Finding(False, str(error))]
    for finding in report:
        print("ok  " if finding.fine else "FAIL", finding.text)
    return 0 if all(finding.fine for finding in report) else 1


if __name__ == "__main__":
    sys.exit(main())
