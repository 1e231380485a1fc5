"""Random exploration of a decider with Hypothesis.

A `DeciderMachine` simulates everything around one execution, in any order that SWF allows:
workers that complete or fail activities or disappear; children that close; timers, timeouts,
signals and cancel requests; slow decisions. It checks requirements after every step. At the
end of every run the execution must close if every further step succeeds. Hypothesis shrinks a
failure to the shortest sequence of steps; the exception carries the history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache, wraps
from typing import Any, ClassVar

from hypothesis import settings as Settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ..core.events import attributes_name
from ..core.registry import EVENTS, Effect
from ..histories import format_history
from .case import DOMAIN, fresh_emulator, register_domain
from .diagnosis import Stuck
from .direct import DirectClient
from .simulator import ServiceSimulator
from .workers import NO_ANSWER, Decider, Task, answer_decision

WORKFLOW_ID = "explored"
TASK_LIST = "explored"
WORKFLOW_TYPE = {"name": "explored", "version": "1"}
FINISHING_STEPS_MAX = 500
FEW_STEPS = (3, 5, 10, 20)

Texts = Sequence[str | None]


def _step(function: Callable[..., None]) -> Callable[..., None]:
    """Make a rule that ends with `verify`."""

    @wraps(function)
    def run(self: DeciderMachine, **drawn: Any) -> None:
        function(self, **drawn)
        self.verify()

    return run


class DeciderMachine(RuleBasedStateMachine):
    """Simulates everything around one execution of a decider. Subclasses set the attributes.

    ``decider``: the function, as a ``staticmethod``. ``deciders``: functions for child
    executions, by workflow type name; the machine closes other children itself. ``inputs``,
    ``results`` (by activity type name), ``reasons`` (of failures) and ``signals`` (by signal
    name): possible values, the most common first. ``refusals``: causes with which decisions may
    fail. ``must_close``: whether the execution must close if every further step succeeds; when
    no other step is left, ``closing_signals`` are sent one by one.

    The machine registers the types that decisions name, with long timeouts. Override `prepare`
    to register them with the real ones, and `check` to add requirements.
    """

    decider: ClassVar[Any]
    deciders: ClassVar[Mapping[str, Decider]] = {}
    workflow_type: ClassVar[Mapping[str, str]] = WORKFLOW_TYPE
    inputs: ClassVar[Texts] = (None,)
    results: ClassVar[Mapping[str, Texts]] = {}
    reasons: ClassVar[Texts] = ("failed",)
    signals: ClassVar[Mapping[str, Texts]] = {}
    closing_signals: ClassVar[Sequence[str]] = ()
    refusals: ClassVar[frozenset[str]] = frozenset({"UNHANDLED_DECISION"})
    cancel_requests: ClassVar[bool] = True
    activity_failures: ClassVar[bool] = True
    time_outs: ClassVar[bool] = True
    must_close: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        self.emulator = self._open.enter_context(fresh_emulator())
        self.swf = _client()
        self._open.enter_context(self.emulator.attached(self.swf, hold_seconds=0))
        self._direct = DirectClient(self.emulator, self.swf)
        self.domain = register_domain(self._direct, DOMAIN)
        self.world = ServiceSimulator(self.emulator, self._direct, self.domain)
        self._deciding: tuple[Task, Any] | None = None
        self._started = False
        self._broken = False
        self._seen = 0
        with self._explained():
            self.prepare()

    # For subclasses.

    def prepare(self) -> None:
        """Register types with their real timeouts: use ``self.swf`` and ``self.domain``."""

    def check(self, events: list[dict[str, Any]]) -> None:
        """Raise AssertionError if the events so far violate a requirement."""

    # Steps.

    @precondition(lambda self: not self._started)
    @rule(workflow_input=st.runner().flatmap(lambda self: st.sampled_from(self.inputs)))
    @_step
    def start(self, workflow_input: str | None) -> None:
        self.world.start(WORKFLOW_ID, self.workflow_type, TASK_LIST, workflow_input)
        self._started = True

    @precondition(lambda self: self._may_decide())
    @rule()
    @_step
    def decide(self) -> None:
        """The decider takes a task and answers it at once."""
        self._begin()
        self._finish()

    @precondition(lambda self: self._may_decide())
    @rule()
    @_step
    def begin_decision(self) -> None:
        """The decider takes a task; it answers in a later step."""
        self._begin()

    @precondition(lambda self: self._deciding is not None)
    @rule()
    @_step
    def answer_decision(self) -> None:
        self._finish()

    @precondition(lambda self: self.world.activities())
    @rule(
        activity=st.runner().flatmap(lambda self: st.sampled_from(self.world.activities())),
        which=st.integers(min_value=0, max_value=3),
    )
    @_step
    def complete_activity(self, activity: str, which: int) -> None:
        self._complete(activity, which)

    @precondition(lambda self: self.activity_failures and self.world.activities())
    @rule(
        activity=st.runner().flatmap(lambda self: st.sampled_from(self.world.activities())),
        reason=st.runner().flatmap(lambda self: st.sampled_from(self.reasons)),
    )
    @_step
    def fail_activity(self, activity: str, reason: str | None) -> None:
        self.world.fail(activity, reason)

    @precondition(lambda self: self.world.startable())
    @rule(activity=st.runner().flatmap(lambda self: st.sampled_from(self.world.startable())))
    @_step
    def take_activity(self, activity: str) -> None:
        """A worker takes a task; it answers in a later step or never."""
        self.world.take(activity)

    @precondition(lambda self: self.world.cancelable())
    @rule(activity=st.runner().flatmap(lambda self: st.sampled_from(self.world.cancelable())))
    @_step
    def cancel_activity(self, activity: str) -> None:
        """The worker cancels an activity as requested."""
        self.world.cancel(activity)

    @precondition(lambda self: self._closable_children())
    @rule(
        child=st.runner().flatmap(lambda self: st.sampled_from(self._closable_children())),
        outcome=st.sampled_from(("completed", "failed", "canceled", "terminated")),
    )
    @_step
    def close_child(self, child: str, outcome: str) -> None:
        self.world.close_child(child, outcome)

    @precondition(lambda self: self._is_open() and self.signals)
    @rule(
        name=st.runner().flatmap(lambda self: st.sampled_from(sorted(self.signals))),
        which=st.integers(min_value=0, max_value=3),
    )
    @_step
    def signal(self, name: str, which: int) -> None:
        self._signal(name, which)

    @precondition(lambda self: self.cancel_requests and self._is_open())
    @rule()
    @_step
    def request_cancel(self) -> None:
        self.world.request_cancel(WORKFLOW_ID)

    @precondition(lambda self: self._time_may_pass())
    @rule()
    @_step
    def let_time_pass(self) -> None:
        """The clock moves until a timer fires or a task times out."""
        self.world.advance()

    @precondition(lambda self: self._started and not self._is_open())
    @rule()
    @_step
    def nothing_more(self) -> None:
        """The execution is closed; no step is left."""

    # Requirements.

    def verify(self) -> None:
        """Check that decisions failed with allowed causes only, then call `check`.

        Rules of a subclass must call it at their end.
        """
        with self._explained():
            events = self.emulator.history(WORKFLOW_ID)
            for event in events:
                rule = EVENTS[event["eventType"]]
                if rule.effect is Effect.REFUSES:
                    self._check_refusal(event, rule.link)
            self.check(events)

    def _check_refusal(self, event: dict[str, Any], link: str) -> None:
        event_type = event["eventType"]
        attributes = event[attributes_name(event_type, "Event")]
        cause = attributes["cause"]
        if not attributes.get(link) and cause not in self.refusals:
            raise AssertionError(
                f"event {event['eventId']}: a decision failed: {event_type}, {cause}"
            )

    def teardown(self) -> None:
        """Take steps that succeed until the execution closes; then drop the emulator."""
        with self._open:
            if self._started and self.must_close and not self._broken:
                with self._explained():
                    self._finish_execution()

    def _finish_execution(self) -> None:
        signals = list(self.closing_signals)
        for _ in range(FINISHING_STEPS_MAX):
            if not self._is_open():
                return
            if not self._succeed(signals):
                raise Stuck(
                    "The execution never closes, although every step succeeds.", self.emulator
                )
            self.check(self.emulator.history(WORKFLOW_ID))
        raise Stuck(f"Still open after {FINISHING_STEPS_MAX} steps.", self.emulator)

    def _succeed(self, signals: list[str]) -> bool:
        """Do a step that succeeds; return False if none is left."""
        if self._deciding is not None:
            self._finish()
        elif self._may_decide():
            self._begin()
            self._finish()
        elif activities := self.world.activities():
            self._complete(activities[0], 0)
        elif children := self._closable_children():
            self.world.close_child(children[0], "completed")
        elif self.world.next_deadline() == "timer":
            self.world.advance()
        elif signals:
            self._signal(signals.pop(0), 0)
        else:
            return False
        return True

    # Inside.

    def _is_open(self) -> bool:
        return self._started and self.world.is_open(WORKFLOW_ID)

    def _decider_of(self, workflow_type: str) -> Decider | None:
        if workflow_type == self.workflow_type["name"]:
            decider: Decider = type(self).decider
            return decider
        return self.deciders.get(workflow_type)

    def _may_decide(self) -> bool:
        return self._deciding is None and self._next_decision() is not None

    def _next_decision(self) -> str | None:
        """Return the first task list whose first task has a decider."""
        for task_list, workflow_type in self.world.decisions():
            if self._decider_of(workflow_type) is not None:
                return task_list
        return None

    def _begin(self) -> None:
        task_list = self._next_decision()
        assert task_list is not None
        task = self.world.take_decision(task_list)
        if task is None:
            return
        decider = self._decider_of(task["workflowType"]["name"])
        assert decider is not None
        with self._explained():
            decided = decider(task)
        self._deciding = (task, decided)

    def _finish(self) -> None:
        if self._deciding is None:
            return
        task, decided = self._deciding
        self._deciding = None
        if decided is not NO_ANSWER:
            self.world.register_named(decided)
        with self._explained():
            answer_decision(self._direct, task, decided)

    def _complete(self, activity: str, which: int) -> None:
        results = self.results.get(self.world.activity_type(activity)) or (None,)
        self.world.complete(activity, results[which % len(results)])

    def _signal(self, name: str, which: int) -> None:
        texts = self.signals.get(name) or (None,)
        self.world.signal(WORKFLOW_ID, name, texts[which % len(texts)])

    def _closable_children(self) -> list[str]:
        return [
            workflow_id
            for workflow_id, workflow_type in self.world.children(WORKFLOW_ID)
            if self._decider_of(workflow_type) is None
        ]

    def _time_may_pass(self) -> bool:
        kind = self.world.next_deadline()
        return kind == "timer" or (self.time_outs and kind not in (None, "execution"))

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self._broken = True
            if self._started:
                error.add_note("The shortest history found with this failure:")
                error.add_note(format_history(self.emulator.history(WORKFLOW_ID)))
            raise


def explore(
    decider: Decider,
    *,
    settings: Settings | None = None,
    check: Callable[[list[dict[str, Any]]], None] | None = None,
    **members: Any,
) -> None:
    """Explore a decider with a `DeciderMachine` that has these ``members`` as attributes.

    Short runs are tried first, so that failures are short. ``check`` gets all events after
    every step. ``settings`` are those of Hypothesis. Raises the exception of the shortest run
    found: that of the decider or of the check, AssertionError for a failed decision, or
    `Stuck` if the execution does not close.
    """
    __tracebackhide__ = True
    body: dict[str, Any] = {"decider": staticmethod(decider), **members}
    if check is not None:
        body["check"] = lambda self, events: check(events)
    machine = type("Explored", (DeciderMachine,), body)
    chosen = Settings() if settings is None else settings
    for steps in [*(few for few in FEW_STEPS if few < chosen.stateful_step_count), None]:
        limited = chosen if steps is None else Settings(chosen, stateful_step_count=steps)
        run_state_machine_as_test(machine, settings=limited)


@cache
def _client() -> Any:
    """Return one client for all runs; each run attaches it to its own emulator."""
    with fresh_emulator() as emulator:
        return emulator.client()
