"""Lambda functions that the engine has started: invoked without the lock, answered with it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ..core.lambdas import LambdaTask
from .lambdas import Invocation, LambdaInvoker, Outcome, outcome_events
from .runs import Run

if TYPE_CHECKING:
    from .engine import Engine


class Invocations:
    """The Lambda tasks' side of the engine. ``invoker`` is whoever runs the functions."""

    def __init__(self, engine: Engine, invoker: LambdaInvoker) -> None:
        self._engine = engine
        self._invoker = invoker

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
        region = run.domain.partition.scope.region
        role = run.execution.lambda_role or ""
        outcome = self._invoker.invoke(Invocation.of(task, role, region))
        self._engine.transact(lambda: self._answered(run, task, outcome))

    def _answered(self, run: Run, task: LambdaTask, outcome: Outcome) -> None:
        """The task may have timed out meanwhile, the run be closed or forgotten."""
        if self._engine.remembers(run) and run.execution.pending.get(task.event_id) is task:
            self._engine.record(run, outcome_events(task, outcome))
