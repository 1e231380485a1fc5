"""Workflow types and activity types: the same pages for both."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from ..core.faults import Fault
from . import overview
from .forms import fields_of, parameters_of
from .pages import Data, Entry, get, page, post
from .site import Site, done, rejected


class Types(NamedTuple):
    """Workflow types or activity types, with the defaults offered for a new type."""

    shape: str
    noun: str
    article: str
    lead: str
    usual: dict[str, str]

    @property
    def member(self) -> str:
        return self.shape[0].lower() + self.shape[1:]


COLLECTIONS = {
    "workflow-types": Types(
        "WorkflowType",
        "workflow type",
        "a",
        "A setting without a default must be given each time an execution starts.",
        {
            "version": "1.0",
            "defaultTaskList": "default",
            "defaultTaskStartToCloseTimeout": "30",
            "defaultExecutionStartToCloseTimeout": "3600",
            "defaultChildPolicy": "TERMINATE",
        },
    ),
    "activity-types": Types(
        "ActivityType",
        "activity type",
        "an",
        "A setting without a default must be given each time an activity is scheduled.",
        {
            "version": "1.0",
            "defaultTaskList": "default",
            "defaultTaskScheduleToStartTimeout": "300",
            "defaultTaskStartToCloseTimeout": "300",
            "defaultTaskScheduleToCloseTimeout": "600",
            "defaultTaskHeartbeatTimeout": "NONE",
        },
    ),
}
TYPES = "/domains/<name:domain>/<any('workflow-types', 'activity-types'):collection>"
TYPE = f"{TYPES}/<name:name>/<name:version>"
PAGE = 100


@get("/workflow-types", bar=Entry(3, "Workflow types", "w"))
def workflow_types(site: Site) -> Response:
    return _types_of_some_domain(site, "workflow-types")


@get("/activity-types", bar=Entry(4, "Activity types", "a"))
def activity_types(site: Site) -> Response:
    return _types_of_some_domain(site, "activity-types")


def _types_of_some_domain(site: Site, collection: str) -> Response:
    """Lead to the types of the domain in the query, or of the first one."""
    domain = request.args.get("domain") or next(iter(_domains(site)), None)
    if domain is None:
        return redirect(url_for("console.show_domains"))
    endpoint = "register_type" if request.args.get("then") == "register" else "show_types"
    return redirect(url_for(f"console.{endpoint}", domain=domain, collection=collection))


@page(f"{TYPES}/list", "types.html")
def show_types(site: Site, domain: str, collection: str) -> Data:
    """Arguments: ``status``, ``name``, ``after`` (a page token)."""
    status, name = request.args.get("status", "REGISTERED"), request.args.get("name", "")
    filters = {"name": name, "nextPageToken": request.args.get("after")}
    answer = site.call(
        f"List{COLLECTIONS[collection].shape}s",
        domain=domain,
        registrationStatus=status,
        maximumPageSize=PAGE,
        **{member: value for member, value in filters.items() if value},
    )
    return {
        **_names(domain, collection),
        "domains": _domains(site),
        "status": status,
        "name": name,
        "member": COLLECTIONS[collection].member,
        "types": answer["typeInfos"],
        "after": answer.get("nextPageToken"),
    }


@page(f"{TYPES}/register", "form.html")
def register_type_form(site: Site, domain: str, collection: str) -> Data:
    site.call("DescribeDomain", name=domain)
    return _form(domain, collection, COLLECTIONS[collection].usual)


@post(f"{TYPES}/register")
def register_type(site: Site, domain: str, collection: str) -> Response:
    shape = COLLECTIONS[collection].shape
    parameters = {**parameters_of(f"Register{shape}Input", request.form), "domain": domain}
    try:
        site.call(f"Register{shape}", **parameters)
    except Fault as fault:
        return rejected(fault, "form.html", _form(domain, collection, request.form))
    name, version = parameters["name"], parameters["version"]
    return done(f"Registered {name} {version}", _details(domain, collection, name, version))


@page(f"{TYPE}/details", "type.html")
def show_type(site: Site, domain: str, collection: str, name: str, version: str) -> Data:
    shape = COLLECTIONS[collection].shape
    named = {COLLECTIONS[collection].member: {"name": name, "version": version}}
    described = site.call(f"Describe{shape}", domain=domain, **named)
    members = [field.name for field in fields_of(f"Register{shape}Input")]
    return {
        **_names(domain, collection),
        "name": name,
        "version": version,
        "info": described["typeInfo"],
        "configuration": described["configuration"],
        "members": [member for member in members if member.startswith("default")],
    }


@post(f"{TYPE}/<any(deprecate, undeprecate, delete):action>")
def change_type(
    site: Site, domain: str, collection: str, name: str, version: str, action: str
) -> Response:
    named = {COLLECTIONS[collection].member: {"name": name, "version": version}}
    site.call(f"{action.capitalize()}{COLLECTIONS[collection].shape}", domain=domain, **named)
    location = _details(domain, collection, name, version)
    if action == "delete":
        location = url_for("console.show_types", domain=domain, collection=collection)
    return done(f"{name} {version} is {action}d", location)


def _details(domain: str, collection: str, name: str, version: str) -> str:
    return url_for(
        "console.show_type", domain=domain, collection=collection, name=name, version=version
    )


def _domains(site: Site) -> list[str]:
    return [each["name"] for each in site.read(overview.domains)]


def _names(domain: str, collection: str) -> Data:
    return {"domain": domain, "collection": collection, "noun": COLLECTIONS[collection].noun}


def _form(domain: str, collection: str, values: Any) -> Data:
    shape, noun, article, lead, _ = COLLECTIONS[collection]
    return {
        "title": f"Register {article} {noun}",
        "lead": lead,
        "domain": domain,
        "fields": fields_of(f"Register{shape}Input", without=("domain",)),
        "values": values,
        "action": url_for("console.register_type", domain=domain, collection=collection),
        "submit": "Register",
        "cancel": url_for("console.show_types", domain=domain, collection=collection),
    }
