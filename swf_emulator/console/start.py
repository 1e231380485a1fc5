"""Starting an execution in three steps: which type, with what, and a last look."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from ..core.faults import Fault
from ..engine.history import decode_event
from . import overview as live
from .forms import fields_of, parameters_of, texts_of
from .site import Model, Site, done, refused

SHAPE = "StartWorkflowExecutionInput"
CONFIGURED = ("taskList", "taskPriority", "executionStartToCloseTimeout",
              "taskStartToCloseTimeout", "childPolicy", "lambdaRole")  # fmt: skip


def register(routes: Blueprint, site: Site) -> None:
    """``/executions/start``."""

    @site.page(routes, "/executions/start", _template)
    def start_form() -> Model:
        """Arguments: ``domain``, ``type`` (name/version); or ``workflowId`` and ``runId`` of
        an execution that is to be started again."""
        domain, chosen = request.args.get("domain", ""), request.args.get("type", "")
        values: Mapping[str, str] = {}
        if request.args.get("runId"):
            run = site.run(domain, request.args.get("workflowId", ""), request.args["runId"])
            first = decode_event(run.history[0]).attributes
            values = texts_of(SHAPE, {**first, "workflowId": run.execution.workflow_id})
            chosen = values["workflowType"]
        if not domain or not chosen:
            return _choice(site, domain)
        return _form(site, domain, chosen, values)

    @routes.post("/executions/start")
    def start() -> Response | str:
        """Form fields: the members of the call, ``domain``, and ``step``: edit, review, start."""
        domain, chosen = request.form.get("domain", ""), request.form.get("workflowType", "")
        asked = _asked(site, domain, chosen, request.form)
        step = request.form.get("step", "start")
        if step == "edit":
            return render_template("start.html", **_form(site, domain, chosen, request.form))
        if step == "review":
            return render_template("start_review.html", **_review(site, asked, request.form))
        try:
            run_id = site.calls("StartWorkflowExecution", **asked)["runId"]
        except Fault as fault:
            return refused(fault, "start.html", _form(site, domain, chosen, request.form))
        workflow_id = asked["workflowId"]
        location = url_for(
            "console.show_events", domain=domain, workflow_id=workflow_id, run_id=run_id
        )
        return done(f"Started {workflow_id}", location)


def _template(model: Model) -> str:
    """The first step, or the second once there is a type."""
    return "start_type.html" if "types" in model else "start.html"


def _choice(site: Site, domain: str) -> Model:
    """All registered workflow types, of one domain or of all that are not deprecated."""
    domains = [
        each["name"]
        for each in live.counts(site.engine, site.scope)
        if domain in ("", each["name"]) and each["status"] == "REGISTERED"
    ]
    return {
        "domains": domains,
        "types": [
            {"domain": each, **info["workflowType"], "description": info.get("description", "")}
            for each in domains
            for info in site.calls(
                "ListWorkflowTypes", domain=each, registrationStatus="REGISTERED"
            )["typeInfos"]
        ],
    }


def _form(site: Site, domain: str, chosen: str, values: Mapping[str, str]) -> Model:
    return {
        "domain": domain,
        "type": chosen,
        "fields": fields_of(SHAPE, without=("domain", "workflowType")),
        "values": values or _defaults(site, domain, chosen),
        "again": bool(values) and request.method == "GET",
        "task_lists": _task_lists(site, domain),
    }


def _asked(site: Site, domain: str, chosen: str, form: Mapping[str, str]) -> dict[str, Any]:
    """The parameters of the call: what the form gives beyond the defaults of the type."""
    asked = {**parameters_of(SHAPE, form), "domain": domain}
    texts = texts_of(SHAPE, asked)
    for member, default in _defaults(site, domain, chosen).items():
        if texts.get(member) == default:
            del asked[member]
    return asked


def _task_lists(site: Site, domain: str) -> list[str]:
    queues = live.queues(site.engine, site.scope, domain)
    return sorted({queue.name for queue in queues if queue.kind == "decision"})


def _defaults(site: Site, domain: str, chosen: str) -> dict[str, str]:
    """The type's defaults by the names that they have in the call."""
    name, _, version = chosen.partition("/")
    workflow_type = {"name": name, "version": version}
    described = site.calls("DescribeWorkflowType", domain=domain, workflowType=workflow_type)
    plain = {
        member[len("default")].lower() + member[len("default") + 1 :]: value
        for member, value in described["configuration"].items()
    }
    return texts_of(SHAPE, plain)


def _review(site: Site, asked: dict[str, Any], form: Mapping[str, str]) -> Model:
    """What will be asked for, what the type adds, and the same call for a shell."""
    defaults = _defaults(site, asked["domain"], form.get("workflowType", ""))
    texts = texts_of(SHAPE, asked)
    text = json.dumps(asked, ensure_ascii=False)
    endpoint = request.host_url.rstrip("/")
    return {
        "asked": asked,
        "form": {name: form[name] for name in form if name not in ("step", "back")},
        "settings": [
            {
                "member": member,
                "value": texts.get(member, defaults.get(member)),
                "origin": "given" if member in texts else "default of the type",
            }
            for member in CONFIGURED
            if member in texts or member in defaults
        ],
        "command": f"aws swf start-workflow-execution --endpoint-url {endpoint} \\\n"
        f"  --cli-input-json {shlex.quote(text)}",
    }
