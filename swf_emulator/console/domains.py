"""Domains: listed, registered, described, deprecated, tagged."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from ..core.faults import Fault
from . import overview as live
from .forms import fields_of, parameters_of
from .site import Model, Site, done, refused

STATUSES = ("REGISTERED", "DEPRECATED")
SHAPE = "RegisterDomainInput"


def register(routes: Blueprint, site: Site) -> None:
    """``/domains`` and what is below it, types apart."""

    @site.page(routes, "/domains", "domains.html")
    def show_domains() -> Model:
        counted = {each["name"]: each for each in live.counts(site.engine, site.scope)}
        listed = {status: _listed(site, status) for status in STATUSES}
        return {
            "domains": [
                {**counted.get(info["name"], {}), **info}
                for status in STATUSES
                for info in listed[status]
            ]
        }

    @site.page(routes, "/domains/register", "form.html")
    def register_domain_form() -> Model:
        return _form({"workflowExecutionRetentionPeriodInDays": "1"})

    @routes.post("/domains/register")
    def register_domain() -> Response:
        try:
            site.calls("RegisterDomain", **parameters_of(SHAPE, request.form))
        except Fault as fault:
            return refused(fault, "form.html", _form(request.form))
        name = request.form["name"]
        return done(f"Registered the domain {name}", url_for("console.show_domain", domain=name))

    @site.page(routes, "/domains/<name:domain>/overview", "domain.html")
    def show_domain(domain: str) -> Model:
        described = site.calls("DescribeDomain", name=domain)
        arn = described["domainInfo"]["arn"]
        (counted,) = (
            each for each in live.counts(site.engine, site.scope) if each["name"] == domain
        )
        return {
            "domain": domain,
            "info": described["domainInfo"],
            "configuration": described["configuration"],
            "tags": site.calls("ListTagsForResource", resourceArn=arn)["tags"],
            "counts": counted,
            "queues": live.queues(site.engine, site.scope, domain),
        }

    @routes.post("/domains/<name:domain>/<any(deprecate, undeprecate):action>")
    def change_domain(domain: str, action: str) -> Response:
        site.calls(f"{action.capitalize()}Domain", name=domain)
        message = f"The domain {domain} is {action}d"
        return done(message, url_for("console.show_domain", domain=domain))

    @routes.post("/domains/<name:domain>/tags")
    def tag_domain(domain: str) -> Response:
        """Set one tag, or remove it when ``remove`` is given."""
        arn = site.calls("DescribeDomain", name=domain)["domainInfo"]["arn"]
        key = request.form.get("key", "")
        if "remove" in request.form:
            site.calls("UntagResource", resourceArn=arn, tagKeys=[key])
        else:
            tag = {"key": key, "value": request.form.get("value", "")}
            site.calls("TagResource", resourceArn=arn, tags=[tag])
        return done(f"Tags of {domain} changed", url_for("console.show_domain", domain=domain))


def _form(values: Any) -> Model:
    return {
        "title": "Register a domain",
        "lead": "A domain keeps workflow types, activity types, executions and task lists apart "
        "from those of other domains. It can be deprecated, but never deleted.",
        "fields": fields_of(SHAPE),
        "values": values,
        "action": url_for("console.register_domain"),
        "submit": "Register",
        "cancel": url_for("console.show_domains"),
    }


def _listed(site: Site, status: str) -> list[dict[str, Any]]:
    answer = site.calls("ListDomains", registrationStatus=status)
    infos: list[dict[str, Any]] = answer["domainInfos"]
    return infos
