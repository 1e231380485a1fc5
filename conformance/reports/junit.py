"""Outcomes as JUnit XML, as read by continuous integration services."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from conformance.case import CaseResult
from conformance.reports.text import difference
from conformance.verdict import Verdict


def render(results: Sequence[CaseResult]) -> str:
    """One test suite a section; inferred differences are listed but are no failures."""
    root = ElementTree.Element("testsuites")
    suites: dict[str, ElementTree.Element] = {}
    for result in results:
        section = result.case.section
        if section not in suites:
            suites[section] = ElementTree.SubElement(root, "testsuite", name=section)
        _testcase(suites[section], result)
    for section, suite in suites.items():
        found = [o for o in results if o.case.section == section]
        suite.set("tests", str(len(found)))
        suite.set("failures", str(sum(o.verdict is Verdict.FAILED for o in found)))
        suite.set("skipped", str(sum(o.verdict is Verdict.SKIPPED for o in found)))
        suite.set("time", f"{sum(o.seconds for o in found):.3f}")
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _testcase(suite: ElementTree.Element, result: CaseResult) -> None:
    element = ElementTree.SubElement(
        suite,
        "testcase",
        name=result.case.name,
        classname=result.case.section,
        time=f"{result.seconds:.3f}",
    )
    text = _printable("\n".join(difference(d) for d in result.differences))
    if result.verdict is Verdict.FAILED:
        failure = ElementTree.SubElement(element, "failure", message=result.case.title)
        failure.text = text
    elif result.verdict is Verdict.SKIPPED:
        ElementTree.SubElement(element, "skipped", message=result.reason)
    elif result.verdict in (Verdict.DIFFERS, Verdict.KNOWN):
        ElementTree.SubElement(element, "system-out").text = text


def _printable(text: str) -> str:
    """XML 1.0 has no control characters."""
    return "".join(c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in text)
