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
    """Faults: TooManyTagsFault, DomainAlreadyExistsFault, LimitExceededFault."""
    tags = {tag["key"]: tag.get("value", "") for tag in call.parameters.get("tags", ())}
    call.region.register_domain(
        call["name"],
        call.get("description"),
        call["workflowExecutionRetentionPeriodInDays"],
        tags,
        call.settings,
    )
    call.engine.regions[call.region.scope] = call.region
    return EMPTY


@operation("DeprecateDomain")
def deprecate_domain(call: Call) -> Result:
    """Deprecates its types too. Faults: UnknownResourceFault, DomainDeprecatedFault."""
    domain = call.region.domain(call["name"])
    if domain.deprecated:
        raise faults.domain_deprecated(domain.name)
    domain.deprecate(call.now_ms)
    return EMPTY


@operation("UndeprecateDomain")
def undeprecate_domain(call: Call) -> Result:
    """Leaves its types as they are. Faults: UnknownResourceFault, DomainAlreadyExistsFault."""
    domain = call.region.domain(call["name"])
    if not domain.deprecated:
        raise faults.domain_already_exists(domain.name)
    domain.deprecated = False
    return EMPTY


@operation("DescribeDomain", reads=True)
def describe_domain(call: Call) -> Result:
    """Fault: UnknownResourceFault."""
    domain = call.region.domain(call["name"])
    return Members(
        {
            "domainInfo": _domain_info(domain),
            "configuration": {"workflowExecutionRetentionPeriodInDays": domain.retention},
        }
    )


@operation("ListDomains", reads=True)
def list_domains(call: Call) -> Result:
    """By name, in the order of its characters' code points."""
    newest_first = call.parameters.get("reverseOrder", False)
    start = call.page_start()
    names = call.region.domains.irange(
        *_range(None if start is None else start[0], newest_first), reverse=newest_first
    )
    found = (call.region.domains[name] for name in names)
    asked = (domain for domain in found if domain.status == call["registrationStatus"])
    size = call.page_size(PAGE_MAX)
    page = list(islice(asked, size + 1))
    answer: dict[str, Any] = {"domainInfos": [_domain_info(domain) for domain in page[:size]]}
    if len(page) > size:
        answer["nextPageToken"] = call.page_token(page[size].name)
    return Members(answer)


@operation("TagResource")
def tag_resource(call: Call) -> Result:
    """Faults: UnknownResourceFault, TooManyTagsFault."""
    domain = _tagged(call)
    tags = domain.tags | {tag["key"]: tag.get("value", "") for tag in call["tags"]}
    if len(tags) > call.settings.max_domain_tags:
        raise faults.too_many_tags(call.settings.max_domain_tags)
    domain.tags = tags
    return EMPTY


@operation("UntagResource")
def untag_resource(call: Call) -> Result:
    """Keys that the domain has not are ignored. Fault: UnknownResourceFault."""
    domain = _tagged(call)
    for key in call["tagKeys"]:
        domain.tags.pop(key, None)
    return EMPTY


@operation("ListTagsForResource", reads=True)
def list_tags_for_resource(call: Call) -> Result:
    """Fault: UnknownResourceFault."""
    tags = _tagged(call).tags
    return Members({"tags": [{"key": key, "value": value} for key, value in tags.items()]})


def _tagged(call: Call) -> Domain:
    """The domain of an ARN; an ARN of anything else names nothing that is known."""
    arn: str = call["resourceArn"]
    name = arn.rpartition(":/domain/")[2]
    domain: Domain | None = call.region.domains.get(name)
    if domain is None or domain.arn != arn:
        raise faults.unknown_domain(name)
    return domain


def _range(start: str | None, newest_first: bool) -> tuple[str | None, str | None]:
    return (None, start) if newest_first else (start, None)


def _domain_info(domain: Domain) -> dict[str, Any]:
    info = {"name": domain.name, "status": domain.status, "arn": domain.arn}
    if domain.description is not None:
        info["description"] = domain.description
    return info
