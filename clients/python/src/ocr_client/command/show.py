"""The commands that show something."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Mapping
from itertools import islice
from typing import Any

from ocr_client.client import Client
from ocr_client.command import codes, environment
from ocr_client.command.codes import UsageError, printable
from ocr_client.command.outputs import STDIN
from ocr_client.values import Job

RETRIES = 2


def mrz(args: Namespace) -> int:
    file = sys.stdin.buffer.read() if args.file == STDIN else args.file
    with _client(args) as client:
        zone = client.mrz(file)
    _show(zone.raw, args)
    return codes.DONE


def jobs(args: Namespace) -> int:
    with _client(args) as client:
        found = list(islice(client.jobs(args.status, page_size=min(args.limit, 100)), args.limit))
    for one in found:
        print(json.dumps(one.raw) if args.json else printable(_row(one)))
    return codes.DONE


def _row(job: Job) -> str:
    """Columns of fixed width, the file's name last."""
    pages = f"{job.progress.done}/{job.progress.total or '?'}"
    created = job.created_at.astimezone().strftime("%Y-%m-%d %H:%M:%S") if job.created_at else ""
    return f"{job.id}  {job.status:10}  {pages:>7}  {created:19}  {job.filename or ''}"


def job(args: Namespace) -> int:
    if not args.id.isalnum():
        raise UsageError(f"{printable(args.id)} is not the id of a job; `ocr jobs` lists yours.")
    with _client(args) as client:
        if args.delete:
            client.delete(args.id)
            return codes.DONE
        found = client.cancel(args.id) if args.cancel else client.job(args.id)
    _show(found.raw, args)
    return codes.DONE


def options(args: Namespace) -> int:
    with _client(args) as client:
        schema = client.options()
    if args.json:
        print(json.dumps(schema))
        return codes.DONE
    for name, rule in schema["properties"].items():
        print(f"{printable(name):10} {printable(_rule(rule))}")
    return codes.DONE


def _rule(rule: Mapping[str, Any]) -> str:
    """What a value may be, in a line; the languages that could be installed are left to --json."""
    choices = rule.get("enum") or rule.get("items", {}).get("enum")
    bounds = [f"{word} {rule[name]}" for name, word in (("minimum", "from"), ("maximum", "to")) if name in rule]
    said = " ".join(map(str, choices)) if choices else " ".join([rule.get("type", ""), *bounds]).strip()
    default = rule.get("default")
    return f"{said}  (default: {default})" if default not in (None, []) else said


def health(args: Namespace) -> int:
    """Exit code 1 where the service does not say that it is healthy."""
    with _client(args) as client:
        report = client.health()
    _show(report, args)
    return codes.DONE if report.get("status") == "healthy" else codes.FAILED


def _show(raw: Mapping[str, Any], args: Namespace) -> None:
    """JSON, or a line for each member that is there."""
    if args.json:
        print(json.dumps(raw))
        return
    for name, value in raw.items():
        if value not in (None, "", [], {}):
            print(f"{printable(name)}: {printable(value if not isinstance(value, dict) else json.dumps(value))}")


def _client(args: Namespace) -> Client:
    return Client(args.server, api_key=environment.api_key(args), retries=RETRIES)
