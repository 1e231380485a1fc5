"""Domains: listed, registered, described, deprecated, tagged."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from ..core.faults import Fault
from . import overview
from .forms import fields_of, parameters_of
from .pages import Data, Entry, page, post
from .site import Site, done, rejected

STATUSES = ("REGISTERED", "DEPRECATED")
SHAPE = "RegisterDomainInput"


@page("/domains", "domains.html", bar=Entry(5, "Domains", "o"))
def show_domains(site: Site) -> Data:
    """Registered domains, then deprecated ones, with their counts."""
    counted = {each["name"]: each for each in site.read(overview.domains)}
    listed = [
        info
        for status in STATUSES
        for info in site.call("ListDomains", registrationStatus=status)["domainInfos"]
    ]
    return {"domains": [{**counted.get(info["name"], {}), **info} for info in listed]}


@page("/domains/register", "form.html")
def register_domain_form(site: Site) -> Data:
    return _form({"workflowExecutionRetentionPeriodInDays": "1"})


@post("/domains/register")
def register_domain(site: Site) -> Response:
    try:
        site.call("RegisterDomain", **parameters_of(SHAPE, request.form))
    except Fault as fault:
        return rejected(fault, "form.html", _form(request.form))
    name = request.form["name"]
    return done(f"Registered the domain {name}", url_for("console.show_domain", domain=name))


@page("/domains/<name:domain>/overview", "domain.html")
def show_domain(site: Site, domain: str) -> Data:
    described = site.call("DescribeDomain", name=domain)
    arn = described["domainInfo"]["arn"]
    return {
        "domain": domain,
        "info": described["domainInfo"],
        "configuration": described["configuration"],
        "tags": site.call("ListTagsForResource", resourceArn=arn)["tags"],
        "counts": next(each for each in site.read(overview.domains) if each["name"] == domain),
        "queues": site.read(overview.task_lists, domain),
    }


@post("/domains/<name:domain>/<any(deprecate, undeprecate):action>")
def change_domain(site: Site, domain: str, action: str) -> Response:
    site.call(f"{action.capitalize()}Domain", name=domain)
    message = f"The domain {domain} is {action}d"
    return done(message, url_for("console.show_domain", domain=domain))


@post("/domains/<name:domain>/tags")
def tag_domain(site: Site, domain: str) -> Response:
    """Set one tag, or remove it if ``remove`` is given."""
    arn = site.call("DescribeDomain", name=domain)["domainInfo"]["arn"]
    key = request.form.get("key", "")
    if "remove" in request.form:
        site.call("UntagResource", resourceArn=arn, tagKeys=[key])
    else:
        tag = {"key": key, "value": request.form.get("value", "")}
        site.call("TagResource", resourceArn=arn, tags=[tag])
    return done(f"Tags of {domain} changed", url_for("console.show_domain", domain=domain))


def _form(values: Any) -> Data:
    return {
        "title": "Register a domain",
        "lead": "A domain keeps workflow types, activity types, executions and task lists apart "
        "from those of other domains. It can be deprecated, but not deleted.",
        "fields": fields_of(SHAPE),
        "values": values,
        "action": url_for("console.register_domain"),
        "submit": "Register",
        "cancel": url_for("console.show_domains"),
    }
