"""Lambda functions that the engine has started: invoked without the lock, answered with it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ..core.lambdas import LambdaTask
from ..core.open_items import Deadline, OpenItem
from .domains import Kept, Run
from .functions import FunctionResult, Invocation, LambdaInvoker, outcome_events

if TYPE_CHECKING:
    from .engine import Engine


class LateAnswer(OpenItem):
    """The outcome of a function that is told later: a deadline, and no part of the run."""

    def __init__(self, task: LambdaTask, outcome: FunctionResult, at_ms: int) -> None:
        super().__init__(task.event_id)
        self.task = task
        self.outcome = outcome
        self._deadline = Deadline(at_ms, "")

    def next_deadline(self) -> Deadline:
        return self._deadline


class Invocations:
    """The Lambda tasks' side of the engine. ``invoker`` is whoever runs the functions."""

    def __init__(self, engine: Engine, invoker: LambdaInvoker) -> None:
        self._engine = engine
        self.invoker = invoker

    def invoke(self, run: Run, task: LambdaTask) -> None:
        """In a thread of its own; at once under a clock that waits for its master.

        Called without the lock.
        """
        if self._engine.clock.mode == "virtual":
            self._work(run, task)
        else:
            threading.Thread(
                target=self._work, args=(run, task), name="swf-lambda", daemon=True
            ).start()

    def _work(self, run: Run, task: LambdaTask) -> None:
        region = run.domain.region.scope.region
        role = run.execution.lambda_role or ""
        outcome = self.invoker.invoke(Invocation.of(task, role, region))
        self._engine.transact(lambda: self._returned(run, task, outcome))

    def _returned(self, run: Run, task: LambdaTask, outcome: FunctionResult) -> None:
        if outcome.after_seconds > 0:
            at_ms = task.started_ms + round(outcome.after_seconds * 1000)
            self._engine.deadlines.arm(Kept(run, LateAnswer(task, outcome, at_ms)))
        else:
            self.answer(run, task, outcome)

    def answer(self, run: Run, task: LambdaTask, outcome: FunctionResult) -> None:
        """The task may have timed out meanwhile, the run be closed or forgotten."""
        if self._engine.remembers(run) and run.execution.open_items.get(task.event_id) is task:
            self._engine.record(run, outcome_events(task, outcome))
