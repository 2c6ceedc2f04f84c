"""`/admin`: API keys, tenants and failed jobs, for the operator alone."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from controllers import Reply
from controllers.admin import AdminApi
from controllers.schemas import EmptySchema
from controllers.schemas.access import (
    FailedJobsSchema,
    KeysSchema,
    MadeKeySchema,
    NewKeySchema,
    OfTenantSchema,
    PageSchema,
    RerunSchema,
    SetTenantSchema,
    TenantSchema,
    TenantsSchema,
)
from routes import NO_JOB, RouteLimits, answers
from routes.rows import Loaded, Route, mount

USUAL: dict[Any, Any] = {
    400: "Callers are not known (AUTH=off), or the request is malformed.",
    429: NO_JOB[429],
    503: NO_JOB[503],
}


def blueprint(api: AdminApi, limits: RouteLimits) -> APIBlueprint:
    """What asks for the scope `admin`."""
    bp = APIBlueprint("admin", __name__, url_prefix="/admin", tag="Access")
    bp.before_request(api.check)
    return mount(bp, api, limits, ROUTES)


def _make_key(api: AdminApi, query: Loaded, body: Loaded) -> Reply:
    return api.make_key(body)


def _list_keys(api: AdminApi, query: Loaded) -> Reply:
    return api.list_keys(query["tenant"])


def _revoke_key(api: AdminApi, key_id: str, query: Loaded) -> Reply:
    return api.revoke_key(key_id)


def _tenants(api: AdminApi, query: Loaded) -> Reply:
    return api.tenants(query["after"], query["limit"])


def _failed_jobs(api: AdminApi, query: Loaded) -> Reply:
    return api.failed_jobs(query["after"], query["limit"])


def _rerun_job(api: AdminApi, job_id: str, query: Loaded) -> Reply:
    return api.rerun_job(job_id)


def _tenant(api: AdminApi, tenant: str, query: Loaded) -> Reply:
    return api.tenant(tenant)


def _set_tenant(api: AdminApi, tenant: str, query: Loaded, body: Loaded) -> Reply:
    return api.set_tenant(tenant, body)


ROUTES: tuple[Route[AdminApi], ...] = (
    Route(
        "POST",
        "/keys",
        "make_key",
        _make_key,
        limit="reads",
        scope="admin",
        audit="key_made",
        text="Make an API key\n\nIt is in this answer, and never again.",
        query=EmptySchema,
        body=NewKeySchema,
        responses={201: answers("The key.", MadeKeySchema), **USUAL},
    ),
    Route(
        "GET",
        "/keys",
        "keys",
        _list_keys,
        limit="reads",
        scope="admin",
        text="List API keys",
        query=OfTenantSchema,
        responses={200: answers("All but the keys themselves.", KeysSchema), **USUAL},
    ),
    Route(
        "DELETE",
        "/keys/<key_id>",
        "revoke_key",
        _revoke_key,
        limit="reads",
        scope="admin",
        audit="key_revoked",
        text="Revoke an API key\n\nIt is refused everywhere within a second, and streams that were opened with it end.",
        query=EmptySchema,
        responses={204: "It is refused everywhere.", 404: "There is no such key.", **USUAL},
    ),
    Route(
        "GET",
        "/jobs/failed",
        "failed_jobs",
        _failed_jobs,
        limit="reads",
        scope="admin",
        text="List failed jobs of all tenants\n\n"
        "Those that failed by the service's fault, oldest first, without anything of their documents.",
        query=PageSchema,
        responses={200: answers("Some of them.", FailedJobsSchema), **USUAL},
    ),
    Route(
        "POST",
        "/jobs/<job_id>/rerun",
        "rerun_job",
        _rerun_job,
        limit="reads",
        scope="admin",
        audit="rerun",
        text="Run a failed job again\n\nIts sender follows it under the same id.",
        query=EmptySchema,
        responses={
            202: answers("It waits for a worker again.", RerunSchema),
            404: "There is no such failed job.",
            409: "Others who wait for its result are still told of its end.",
            410: "Its upload is gone.",
            **USUAL,
        },
    ),
    Route(
        "GET",
        "/tenants",
        "tenants",
        _tenants,
        limit="reads",
        scope="admin",
        text="What tenants may use, and how much they use\n\n"
        "By their names: those who have had a key, settings of their own, or pages read.",
        query=PageSchema,
        responses={200: answers("Some of them.", TenantsSchema), **USUAL},
    ),
    Route(
        "GET",
        "/tenants/<tenant>",
        "tenant",
        _tenant,
        limit="reads",
        scope="admin",
        text="What a tenant may use",
        query=EmptySchema,
        responses={200: answers("What holds for it.", TenantSchema), **USUAL},
    ),
    Route(
        "PUT",
        "/tenants/<tenant>",
        "set_tenant",
        _set_tenant,
        limit="reads",
        scope="admin",
        audit="tenant_set",
        text="Set what a tenant may use\n\nWhat is left out is as usual; webhook secrets stay as they are then.",
        query=EmptySchema,
        body=SetTenantSchema,
        responses={200: answers("What holds for it now.", TenantSchema), **USUAL},
    ),
)
