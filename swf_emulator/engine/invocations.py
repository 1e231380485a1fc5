"""Lambda tasks: the engine invokes their functions without its lock and records the results."""

from __future__ import annotations

import threading
from functools import partial
from typing import ClassVar

from ..core import lambdas
from ..core.lambdas import LambdaTask
from ..core.open_items import Deadline, OpenItem
from .clock import Clock
from .deadlines import Deadlines
from .domains import Kept, Run
from .functions import FunctionResult, Invocation, LambdaInvoker, result_events
from .recording import Recorder
from .transaction import Transaction


class DelayedResult(OpenItem):
    """The result of a function that is recorded later: a deadline outside the execution."""

    __slots__ = ("_deadline", "_task", "result")
    concept: ClassVar[str] = "result"

    def __init__(self, task: LambdaTask, result: FunctionResult, at_ms: int) -> None:
        super().__init__(task.event_id)
        self.result = result
        self._task = task
        self._deadline = Deadline(at_ms, "")

    @property
    def title(self) -> str:
        return self._task.title

    @property
    def type_name(self) -> str:
        return self._task.type_name

    def next_deadline(self) -> Deadline:
        return self._deadline


class Invocations:
    """The Lambda tasks of one account; ``invoker`` invokes the functions."""

    def __init__(
        self,
        transaction: Transaction,
        recorder: Recorder,
        deadlines: Deadlines,
        clock: Clock,
        invoker: LambdaInvoker,
    ) -> None:
        self._transaction = transaction
        self._recorder = recorder
        self._deadlines = deadlines
        self.clock = clock
        self.invoker = invoker

    def start(self, run: Run, task: LambdaTask) -> None:
        """Start a scheduled task: record it and invoke its function. Requires the lock."""
        self._recorder.record(run, lambdas.start(task, run.execution.lambda_role))
        if task.started_event_id:
            self.invoke(run, task)

    def invoke(self, run: Run, task: LambdaTask) -> None:
        """Invoke the function of a started task once the lock is released. Requires the lock."""
        change = self._recorder.rests_on
        if change is None:
            self._transaction.after_unlock.append(partial(self._invoke, run, task))
        else:
            change.then(partial(self._committed, run, task))

    def resume(self, run: Run) -> None:
        """Invoke the functions of all started tasks of a restored run. Requires the lock."""
        for item in run.execution.open_items.values():
            if isinstance(item, LambdaTask) and item.started_event_id:
                self._transaction.after_unlock.append(partial(self._invoke, run, item))

    def record(self, run: Run, event_id: int, result: FunctionResult) -> None:
        """Record a result, unless the task or its run is gone. Requires the lock."""
        task = run.execution.open_items.get(event_id)
        if isinstance(task, LambdaTask) and self._recorder.remembers(run):
            self._recorder.record(run, result_events(task, result))

    def _invoke(self, run: Run, task: LambdaTask) -> None:
        """Invoke in a new thread, or in the calling thread: see `engine.functions`."""
        synchronous = self.clock.mode == "virtual" and self._recorder.tracker is None
        if synchronous and not self.invoker.remote:
            self._work(run, task)
        else:
            self._in_thread(run, task)

    def _committed(self, run: Run, task: LambdaTask, committed: bool) -> None:
        if committed:
            self._in_thread(run, task)

    def _in_thread(self, run: Run, task: LambdaTask) -> None:
        threading.Thread(
            target=self._work, args=(run, task), name="swf-lambda", daemon=True
        ).start()

    def _work(self, run: Run, task: LambdaTask) -> None:
        region = run.domain.region.scope.region
        role = run.execution.lambda_role or ""
        result = self.invoker.invoke(Invocation.of(task, role, region))
        with self._transaction:
            if result.after_seconds > 0:
                at_ms = task.started_ms + round(result.after_seconds * 1000)
                self._deadlines.arm(Kept(run, DelayedResult(task, result, at_ms)))
            else:
                self.record(run, task.event_id, result)
