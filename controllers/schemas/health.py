"""Probes."""

from __future__ import annotations

from marshmallow import Schema, fields


class MemorySchema(Schema):
    rss = fields.Integer(required=True)
    vms = fields.Integer(required=True)
    rss_mb = fields.Float(required=True)
    vms_mb = fields.Float(required=True)
    percent = fields.Float(required=True, metadata={"description": "Of the container's limit."})


class AliveSchema(Schema):
    status = fields.String(required=True)
    uptime_seconds = fields.Float(required=True)
    memory = fields.Nested(MemorySchema, required=True)


class WorkerProcessSchema(Schema):
    pid = fields.Integer(required=True)
    rss_mb = fields.Float(required=True)


class WorkerSchema(Schema):
    host = fields.String(required=True)
    loaded_processes = fields.Integer(required=True)
    rss_mb = fields.Float(required=True)
    processes = fields.List(fields.Nested(WorkerProcessSchema), required=True)


class ReadySchema(Schema):
    status = fields.String(required=True)
    checks = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    missing = fields.List(fields.String(), required=True)
    memory = fields.Nested(MemorySchema, required=True)
    workers = fields.List(fields.Nested(WorkerSchema), required=True)


class OcrServiceSchema(Schema):
    service = fields.String(required=True)
    initialized = fields.Boolean(required=True)
    paddleocr_available = fields.Boolean(required=True)
    status = fields.String(required=True)
    memory_usage = fields.Nested(MemorySchema, required=True)


class DetailsSchema(Schema):
    service_status = fields.String(required=True)
    recommendations = fields.List(fields.String(), required=True)
    workers = fields.List(fields.Nested(WorkerSchema), required=True)


class HealthSchema(Schema):
    status = fields.String(required=True)
    service = fields.String(required=True)
    timestamp = fields.DateTime(required=True)
    version = fields.String(required=True)
    ocr_service = fields.Nested(OcrServiceSchema, required=True)
    checks = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    details = fields.Nested(DetailsSchema, required=True)
