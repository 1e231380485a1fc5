"""Outcomes as one HTML page without scripts or outside resources."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Sequence

from conformance.case import CaseResult
from conformance.verdict import Difference, Grade, Verdict

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem }
table { border-collapse: collapse; margin: .5rem 0 1rem }
th, td { border: 1px solid #ccc; padding: .2rem .6rem; text-align: left; vertical-align: top }
td.n { text-align: right }
code, td.event { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere }
tr.first td { background: #ffe3e3 }
.passed { color: #1a7f37 } .failed { color: #b42318 } .differs { color: #9a6700 }
.skipped { color: #666 } .known { color: #6639ba }
details { margin: .3rem 0 } summary { cursor: pointer }
"""


def render(results: Sequence[CaseResult], endpoint: str) -> str:
    """The page: summary by section, then every case with its differences."""
    sections: dict[str, list[CaseResult]] = {}
    for result in results:
        sections.setdefault(result.case.section, []).append(result)
    body = "".join(_section(name, found) for name, found in sections.items())
    return (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        "<title>SWF conformance</title>"
        f"<style>{_STYLE}</style><h1>SWF conformance</h1>"
        f"<p>Endpoint <code>{html.escape(endpoint)}</code></p>{_summary(sections)}{body}</html>\n"
    )


def _summary(sections: dict[str, list[CaseResult]]) -> str:
    head = "".join(f"<th>{v.value}</th>" for v in Verdict)
    rows = ""
    for name, found in sections.items():
        counts = Counter(o.verdict for o in found)
        cells = "".join(f"<td class=n>{counts[v] or ''}</td>" for v in Verdict)
        link = f"<a href='#{html.escape(name)}'>{html.escape(name)}</a>"
        rows += f"<tr><td>{link}</td><td class=n>{len(found)}</td>{cells}</tr>"
    return f"<table><tr><th>section</th><th>cases</th>{head}</tr>{rows}</table>"


def _section(name: str, results: Sequence[CaseResult]) -> str:
    return f"<h2 id='{html.escape(name)}'>{html.escape(name)}</h2>" + "".join(map(_result, results))


def _result(result: CaseResult) -> str:
    case = result.case
    opened = " open" if result.verdict is Verdict.FAILED else ""
    reason = f"<p>{html.escape(result.reason)}</p>" if result.reason else ""
    return (
        f"<details{opened}><summary><b class={result.verdict.value}>{result.verdict.value}</b> "
        f"{html.escape(case.title)} <small>[{case.grade.value}]</small></summary>"
        f"<p><code>{html.escape(case.id)}</code>, source: {html.escape(case.source)}</p>{reason}"
        f"{''.join(map(_difference, result.differences))}</details>"
    )


def _difference(found: Difference) -> str:
    mark = " (inferred)" if found.grade is Grade.INFERRED else ""
    cells = f"<td><code>{html.escape(found.expected)}</code></td>"
    cells += f"<td><code>{html.escape(found.got)}</code></td>"
    return (
        f"<p>{html.escape(found.where)}{mark}</p>"
        f"<table><tr><th>expected</th><th>got</th></tr><tr>{cells}</tr></table>{_history(found)}"
    )


def _history(found: Difference) -> str:
    if not found.table:
        return ""
    rows = ""
    for event_id, expected, got in found.table:
        kind = " class=first" if event_id.startswith(">") else ""
        rows += f"<tr{kind}><td class=n>{html.escape(event_id.strip('> '))}</td>"
        rows += f"<td class=event>{html.escape(expected)}</td>"
        rows += f"<td class=event>{html.escape(got)}</td></tr>"
    return f"<table><tr><th>event</th><th>expected</th><th>got</th></tr>{rows}</table>"
