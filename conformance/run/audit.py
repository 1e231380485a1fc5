"""After a case: close what it left open and put every history it saw under the grammar."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from conformance import grammar
from conformance.case import Case, CaseResult
from conformance.context import Conditions, Context
from conformance.endpoint.wire import NoAnswer
from conformance.language.event_lines import render
from conformance.verdict import Difference, Verdict, verdict_of

SECTION = "grammar"
_RUNS_MAX = 40
_SHOWN_MAX = 5


@dataclass(slots=True)
class HistoryAudit:
    """The violations found in all histories of a run of the suite."""

    histories: int = 0
    events: int = 0
    broken: dict[str, list[Difference]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def gather(self, ctx: Context) -> None:
        """Terminate and fetch every run that a case has seen, its children included."""
        done: set[str] = set()
        while len(done) < _RUNS_MAX:
            waiting = [run for run in ctx.runs if run not in done]
            if not waiting:
                return
            for run_id in waiting:
                done.add(run_id)
                domain, workflow_id = ctx.runs[run_id]
                execution = {"workflowId": workflow_id, "runId": run_id}
                try:
                    body = {"domain": domain, **execution}
                    ctx.call("TerminateWorkflowExecution", body, timeout=10.0)
                    self.add(ctx.case, workflow_id, list(_pages(ctx, domain, execution)))
                except (NoAnswer, OSError, http.client.HTTPException):
                    return

    def add(self, case: Conditions, workflow_id: str, events: list[dict[str, Any]]) -> None:
        """One complete history."""
        if not events:
            return
        violations = list(grammar.violations(events))
        with self._lock:
            self.histories += 1
            self.events += len(events)
            for violation in violations:
                name = violation.rule.name
                self.counts[name] = self.counts.get(name, 0) + 1
                shown = self.broken.setdefault(name, [])
                if len(shown) < _SHOWN_MAX:
                    shown.append(
                        Difference(
                            f"{case.id}: {workflow_id}, event {violation.event_id}",
                            violation.rule.title,
                            violation.text,
                            violation.grade,
                            _table(events, violation.event_id),
                        )
                    )

    def results(self) -> Iterator[CaseResult]:
        """One result for each rule of the grammar."""
        for rule in grammar.RULES:
            case = Case(
                name=rule.name,
                section=SECTION,
                title=rule.title,
                source=rule.source,
                grade=rule.grade,
                run=lambda ctx: None,
                origin="grammar/",
            )
            if not self.histories:
                yield CaseResult(case, Verdict.SKIPPED, reason="no history was seen")
                continue
            broken = self.broken.get(rule.name, [])
            reason = f"{self.counts.get(rule.name, 0)} times in {self.histories} histories"
            verdict = verdict_of(broken)
            yield CaseResult(case, verdict, differences=broken, reason=reason if broken else "")


def _pages(ctx: Context, domain: str, execution: dict[str, str]) -> Iterator[dict[str, Any]]:
    body: dict[str, Any] = {"domain": domain, "execution": execution}
    while True:
        answer = ctx.call("GetWorkflowExecutionHistory", body, timeout=10.0)
        if answer.status != 200 or not isinstance(answer.body, dict):
            return
        yield from answer.body.get("events", [])
        token = answer.body.get("nextPageToken")
        if not token:
            return
        body["nextPageToken"] = token


def _table(events: list[dict[str, Any]], event_id: int) -> tuple[tuple[str, str, str], ...]:
    """The events around a violation."""
    rows = []
    for event in events:
        if abs(int(event.get("eventId", 0)) - event_id) <= 4:
            mark = "> " if event.get("eventId") == event_id else "  "
            rows.append((f"{mark}{event.get('eventId')}", "", render(event)))
    return tuple(rows)
