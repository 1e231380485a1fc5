"""Starting an execution in three steps: choose the type, fill in the settings, review."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from ..core.faults import Fault
from ..engine.history import decode_event
from .forms import fields_of, parameters_of, strings_of
from .overview import domains, task_lists
from .pages import Data, page, post
from .site import Site, done, rejected

SHAPE = "StartWorkflowExecutionInput"
CONFIGURED = ("taskList", "taskPriority", "executionStartToCloseTimeout",
              "taskStartToCloseTimeout", "childPolicy", "lambdaRole")  # fmt: skip


@page("/executions/start", "start.html")
def start_form(site: Site) -> Data:
    """Arguments: ``domain``, ``type`` (name/version); or ``workflowId`` and ``runId`` of an
    execution to start again."""
    domain, type_name = request.args.get("domain", ""), request.args.get("type", "")
    values: Mapping[str, str] = {}
    if request.args.get("runId"):
        workflow_id = request.args.get("workflowId", "")
        shown = site.execution(domain, workflow_id, request.args["runId"])
        first = decode_event(shown.history[0]).attributes
        values = strings_of(SHAPE, {**first, "workflowId": workflow_id})
        type_name = values["workflowType"]
    if not domain or not type_name:
        return _choice(site, domain)
    return _form(site, domain, type_name, values)


@post("/executions/start")
def start(site: Site) -> Response | str:
    """Form fields: the members of the call, ``domain``, and ``step``: edit, review, start."""
    form = request.form
    domain, type_name = form.get("domain", ""), form.get("workflowType", "")
    step = form.get("step", "start")
    if step == "edit":
        return render_template("start.html", **_form(site, domain, type_name, form))
    defaults = _defaults(site, domain, type_name)
    parameters = _parameters(domain, defaults, form)
    if step == "review":
        return render_template("start_review.html", **_review(parameters, defaults, form))
    try:
        run_id = site.call("StartWorkflowExecution", **parameters)["runId"]
    except Fault as fault:
        return rejected(fault, "start.html", _form(site, domain, type_name, form))
    workflow_id = parameters["workflowId"]
    location = url_for("console.show_events", domain=domain, workflow_id=workflow_id, run_id=run_id)
    return done(f"Started {workflow_id}", location)


def _choice(site: Site, domain: str) -> Data:
    """All registered workflow types, of one domain or of all that are not deprecated."""
    names = [
        each["name"]
        for each in site.read(domains)
        if domain in ("", each["name"]) and each["status"] == "REGISTERED"
    ]
    return {
        "domains": names,
        "types": [
            {"domain": name, **info["workflowType"], "description": info.get("description", "")}
            for name in names
            for info in site.call(
                "ListWorkflowTypes", domain=name, registrationStatus="REGISTERED"
            )["typeInfos"]
        ],
    }


def _form(site: Site, domain: str, type_name: str, values: Mapping[str, str]) -> Data:
    lists = site.read(task_lists, domain)
    return {
        "domain": domain,
        "type": type_name,
        "fields": fields_of(SHAPE, without=("domain", "workflowType")),
        "values": values or _defaults(site, domain, type_name),
        "again": bool(values) and request.method == "GET",
        "task_lists": sorted({each["name"] for each in lists if each["kind"] == "decision"}),
    }


def _parameters(domain: str, defaults: Mapping[str, str], form: Mapping[str, str]) -> Data:
    """The parameters of the call: those of the form that differ from the type's defaults."""
    parameters = {**parameters_of(SHAPE, form), "domain": domain}
    strings = strings_of(SHAPE, parameters)
    for member, default in defaults.items():
        if strings.get(member) == default:
            del parameters[member]
    return parameters


def _defaults(site: Site, domain: str, type_name: str) -> dict[str, str]:
    """The type's defaults, by the names that they have in the call."""
    name, _, version = type_name.partition("/")
    workflow_type = {"name": name, "version": version}
    described = site.call("DescribeWorkflowType", domain=domain, workflowType=workflow_type)
    members = {
        member[len("default")].lower() + member[len("default") + 1 :]: value
        for member, value in described["configuration"].items()
    }
    return strings_of(SHAPE, members)


def _review(parameters: Data, defaults: Mapping[str, str], form: Mapping[str, str]) -> Data:
    """The parameters of the call, the defaults of the type, and the same call for a shell."""
    strings = strings_of(SHAPE, parameters)
    text = json.dumps(parameters, ensure_ascii=False)
    endpoint = request.host_url.rstrip("/")
    return {
        "parameters": parameters,
        "form": {name: form[name] for name in form if name not in ("step", "back")},
        "settings": [
            {
                "member": member,
                "value": strings.get(member, defaults.get(member)),
                "origin": "given" if member in strings else "default of the type",
            }
            for member in CONFIGURED
            if member in strings or member in defaults
        ],
        "command": f"aws swf start-workflow-execution --endpoint-url {endpoint} \\\n"
        f"  --cli-input-json {shlex.quote(text)}",
    }
