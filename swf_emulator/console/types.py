"""Workflow types and activity types: the same pages for either kind."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from ..core.faults import Fault
from . import overview as live
from .forms import fields_of, parameters_of
from .site import Model, Site, done, refused

KINDS = {"workflow-types": "WorkflowType", "activity-types": "ActivityType"}
NOUNS = {"workflow-types": "workflow type", "activity-types": "activity type"}
KIND = "<any('workflow-types', 'activity-types'):kind>"
LEADS = {
    "workflow-types": "What is left out here must be given whenever an execution is started.",
    "activity-types": "What is left out here must be given whenever an activity is scheduled.",
}
USUAL = {
    "workflow-types": {
        "version": "1.0",
        "defaultTaskList": "default",
        "defaultTaskStartToCloseTimeout": "30",
        "defaultExecutionStartToCloseTimeout": "3600",
        "defaultChildPolicy": "TERMINATE",
    },
    "activity-types": {
        "version": "1.0",
        "defaultTaskList": "default",
        "defaultTaskScheduleToStartTimeout": "300",
        "defaultTaskStartToCloseTimeout": "300",
        "defaultTaskScheduleToCloseTimeout": "600",
        "defaultTaskHeartbeatTimeout": "NONE",
    },
}
"""What a new type is offered to begin with."""


def register(routes: Blueprint, site: Site) -> None:
    """``/workflow-types``, ``/activity-types`` and their like below ``/domains/<domain>``."""

    @routes.get(f"/{KIND}")
    def types_of_some_domain(kind: str) -> Response:
        """Lead to the types of the domain asked for, or of the first one."""
        domains = [domain["name"] for domain in live.counts(site.engine, site.scope)]
        asked = request.args.get("domain") or (domains[0] if domains else None)
        if asked is None:
            return redirect(url_for("console.show_domains"))
        page = "register_type" if request.args.get("then") == "register" else "show_types"
        return redirect(url_for(f"console.{page}", domain=asked, kind=kind))

    @site.page(routes, f"/domains/<name:domain>/{KIND}/list", "types.html")
    def show_types(domain: str, kind: str) -> Model:
        asked: dict[str, Any] = {
            "domain": domain,
            "registrationStatus": request.args.get("status", "REGISTERED"),
        }
        for argument, member in (("name", "name"), ("after", "nextPageToken")):
            if request.args.get(argument):
                asked[member] = request.args[argument]
        answer = site.calls(f"List{KINDS[kind]}s", **asked, maximumPageSize=100)
        return {
            **_names(domain, kind),
            "domains": [each["name"] for each in live.counts(site.engine, site.scope)],
            "status": asked["registrationStatus"],
            "name": asked.get("name", ""),
            "member": _member(kind),
            "types": answer["typeInfos"],
            "after": answer.get("nextPageToken"),
        }

    @site.page(routes, f"/domains/<name:domain>/{KIND}/register", "form.html")
    def register_type_form(domain: str, kind: str) -> Model:
        site.calls("DescribeDomain", name=domain)
        return _form(domain, kind, USUAL[kind])

    @routes.post(f"/domains/<name:domain>/{KIND}/register")
    def register_type(domain: str, kind: str) -> Response:
        shape = f"Register{KINDS[kind]}Input"
        try:
            asked = {**parameters_of(shape, request.form), "domain": domain}
            site.calls(f"Register{KINDS[kind]}", **asked)
        except Fault as fault:
            return refused(fault, "form.html", _form(domain, kind, request.form))
        name, version = asked["name"], asked["version"]
        location = url_for(
            "console.show_type", domain=domain, kind=kind, name=name, version=version
        )
        return done(f"Registered {name} {version}", location)

    @site.page(
        routes, f"/domains/<name:domain>/{KIND}/<name:name>/<name:version>/details", "type.html"
    )
    def show_type(domain: str, kind: str, name: str, version: str) -> Model:
        asked = {_member(kind): {"name": name, "version": version}}
        described = site.calls(f"Describe{KINDS[kind]}", domain=domain, **asked)
        return {
            **_names(domain, kind),
            "name": name,
            "version": version,
            "info": described["typeInfo"],
            "configuration": described["configuration"],
            "members": [
                field.name
                for field in fields_of(f"Register{KINDS[kind]}Input")
                if field.name.startswith("default")
            ],
        }

    @routes.post(
        f"/domains/<name:domain>/{KIND}/<name:name>/<name:version>/"
        "<any(deprecate, undeprecate, delete):action>"
    )
    def change_type(domain: str, kind: str, name: str, version: str, action: str) -> Response:
        asked = {_member(kind): {"name": name, "version": version}}
        site.calls(f"{action.capitalize()}{KINDS[kind]}", domain=domain, **asked)
        message = f"{name} {version} is {action}d"
        if action == "delete":
            return done(message, url_for("console.show_types", domain=domain, kind=kind))
        location = url_for(
            "console.show_type", domain=domain, kind=kind, name=name, version=version
        )
        return done(message, location)


def _names(domain: str, kind: str) -> Model:
    return {"domain": domain, "kind": kind, "noun": NOUNS[kind]}


def _member(kind: str) -> str:
    return KINDS[kind][0].lower() + KINDS[kind][1:]


def _form(domain: str, kind: str, values: Any) -> Model:
    article = "an" if kind == "activity-types" else "a"
    return {
        "title": f"Register {article} {NOUNS[kind]}",
        "lead": LEADS[kind],
        "domain": domain,
        "fields": fields_of(f"Register{KINDS[kind]}Input", without=("domain",)),
        "values": values,
        "action": url_for("console.register_type", domain=domain, kind=kind),
        "submit": "Register",
        "cancel": url_for("console.show_types", domain=domain, kind=kind),
    }
