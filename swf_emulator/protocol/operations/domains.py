"""Domains and their resource tags.

Source: API Reference, RegisterDomain … ListTagsForResource. Observed: recorded 2021 (ARN,
absent description, empty tag list).
"""

from __future__ import annotations

from itertools import islice
from typing import Any

from ...core import faults
from ...engine.domains import Domain
from ..call import Call, operation
from ..results import EMPTY, Members, Result

PAGE_MAX = 1000


@operation("RegisterDomain")
def register_domain(call: Call) -> Result:
    """Register a domain. Faults: TooManyTagsFault, DomainAlreadyExistsFault, LimitExceededFault."""
    call.engine.recorder.register_domain(
        call.region,
        call["name"],
        call.get("description"),
        call["workflowExecutionRetentionPeriodInDays"],
        _tags(call.get("tags", ())),
    )
    return EMPTY


@operation("DeprecateDomain")
def deprecate_domain(call: Call) -> Result:
    """Deprecate a domain and its types. Faults: UnknownResourceFault, DomainDeprecatedFault."""
    domain = call.region.domain(call["name"])
    if domain.deprecated:
        raise faults.domain_deprecated(domain.name)
    call.engine.recorder.deprecate_domain(domain)
    return EMPTY


@operation("UndeprecateDomain")
def undeprecate_domain(call: Call) -> Result:
    """Register a deprecated domain again; its types stay as they are [inferred].

    Faults: UnknownResourceFault, DomainAlreadyExistsFault.
    """
    domain = call.region.domain(call["name"])
    if not domain.deprecated:
        raise faults.domain_already_exists(domain.name)
    call.engine.recorder.undeprecate_domain(domain)
    return EMPTY


@operation("DescribeDomain", reads=True)
def describe_domain(call: Call) -> Result:
    """Return domainInfo and configuration. Fault: UnknownResourceFault."""
    domain = call.region.domain(call["name"])
    return Members(
        {
            "domainInfo": _domain_info(domain),
            "configuration": {"workflowExecutionRetentionPeriodInDays": domain.retention},
        }
    )


@operation("ListDomains", reads=True)
def list_domains(call: Call) -> Result:
    """Return domainInfos by name, in the order of its characters' code points."""
    domains = call.region.domains
    backwards = call.get("reverseOrder", False)
    (first,) = call.page_start(str) or (None,)
    names = domains.irange(*((None, first) if backwards else (first, None)), reverse=backwards)
    found = (domains[name] for name in names)
    selected = (domain for domain in found if domain.status == call["registrationStatus"])
    size = call.page_size(PAGE_MAX)
    page = list(islice(selected, size + 1))
    members: dict[str, Any] = {"domainInfos": [_domain_info(domain) for domain in page[:size]]}
    if len(page) > size:
        members["nextPageToken"] = call.page_token(page[size].name)
    return Members(members)


@operation("TagResource")
def tag_resource(call: Call) -> Result:
    """Add tags to a domain. Faults: UnknownResourceFault, TooManyTagsFault."""
    domain = _tagged(call)
    tags = domain.tags | _tags(call["tags"])
    if len(tags) > call.settings.max_domain_tags:
        raise faults.too_many_tags(call.settings.max_domain_tags)
    call.engine.recorder.tag_domain(domain, tags)
    return EMPTY


@operation("UntagResource")
def untag_resource(call: Call) -> Result:
    """Remove tags of a domain; keys that it does not have are ignored.

    Fault: UnknownResourceFault.
    """
    domain = _tagged(call)
    removed = call["tagKeys"]
    tags = {key: value for key, value in domain.tags.items() if key not in removed}
    call.engine.recorder.tag_domain(domain, tags)
    return EMPTY


@operation("ListTagsForResource", reads=True)
def list_tags_for_resource(call: Call) -> Result:
    """Return the tags of a domain. Fault: UnknownResourceFault."""
    tags = _tagged(call).tags
    return Members({"tags": [{"key": key, "value": value} for key, value in tags.items()]})


def _tagged(call: Call) -> Domain:
    """Return the domain of an ARN. Fault: UnknownResourceFault, for any other ARN."""
    arn: str = call["resourceArn"]
    name = arn.rpartition(":/domain/")[2]
    domain: Domain | None = call.region.domains.get(name)
    if domain is None or domain.arn != arn:
        raise faults.unknown_domain(name)
    return domain


def _tags(tags: Any) -> dict[str, str]:
    """Return the values of a list of tags by their keys."""
    return {tag["key"]: tag.get("value", "") for tag in tags}


def _domain_info(domain: Domain) -> dict[str, Any]:
    info = {"name": domain.name, "status": domain.status, "arn": domain.arn}
    if domain.description is not None:
        info["description"] = domain.description
    return info
