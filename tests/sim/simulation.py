"""The clients of a simulated service: starters, deciders, workers, and what they remember.

Every answer is accounted for. A task that a history says is started was handed out once, to
one poll; a poll that was ended never gets one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from swf_emulator import Settings
from swf_emulator.engine.snapshot import export_state, import_state
from swf_emulator.protocol.answers import Answer, HeldPoll
from swf_emulator.protocol.state_document import checked_state

from . import names
from .fingerprint import differences, fingerprint
from .histories import HistoryChecks, read
from .links import check_links
from .obligations import check_obligations
from .reading import check_description, check_history_pages, check_task_pages
from .service import Refused, Service, ignore, parsed
from .visibility_oracle import check_counts, check_lists

STARTS = ("DecisionTaskStarted", "ActivityTaskStarted")

Parameters = dict[str, Any]
Rounds = list[tuple[list[Parameters], Parameters]]
"""Decisions with the other members of a response, for one decision task after the other."""


class Poller:
    """A client whose poll is held."""

    def __init__(self, held: HeldPoll, identity: str) -> None:
        self.held = held
        self.identity = identity
        self.answers: list[Answer] = []
        self.gone = False
        held.on_answer(self.answers.append)


class Simulation:
    """One service and its clients. Steps take plain values and never raise `Refused`."""

    def __init__(
        self, settings: Settings, seed: int = 1, note: Callable[[str], None] = ignore
    ) -> None:
        self.settings = settings
        self.service = Service(settings, seed, note)
        self.note = note
        self.decision_tokens: list[str] = []
        self.activity_tokens: list[str] = []
        self.pollers: list[Poller] = []
        self.handed_out: set[tuple[str, int]] = set()
        self.lost: set[str] = set()
        self.answers: list[Any] = []
        self._polls = 0
        self._checks = HistoryChecks()
        self.service.functions.register(names.LIVE_FUNCTION, lambda event: event)
        self.service.functions.register(names.FAILING_FUNCTION, lambda event: event["no"])
        self.service.functions.register(names.SLOW_FUNCTION, self._slow_function)
        self.register()

    def register(self) -> None:
        for domain, retention in zip(names.DOMAINS, ("1", "0"), strict=True):
            self._call(
                "RegisterDomain", name=domain, workflowExecutionRetentionPeriodInDays=retention
            )
            for type_id in (names.FULL, names.NEXT, names.BARE):
                self.register_type(domain, "Workflow", type_id)
                self.register_type(domain, "Activity", type_id)

    # Steps.

    def register_type(self, domain: str, kind: str, type_id: Parameters) -> None:
        defaults = names.WORKFLOW_DEFAULTS if kind == "Workflow" else names.ACTIVITY_DEFAULTS
        if type_id == names.BARE:
            defaults = {}
        elif type_id == names.NEXT:
            defaults = {name: defaults[name] for name in defaults if name != "defaultLambdaRole"}
        self._call(f"Register{kind}Type", domain=domain, **type_id, **defaults)

    def change_type(self, domain: str, change: str, kind: str, type_id: Parameters) -> None:
        """``change`` is Deprecate, Undeprecate, Delete or Register."""
        if change == "Register":
            self.register_type(domain, kind, type_id)
        else:
            member = f"{kind.lower()}Type"
            self._call(f"{change}{kind}Type", domain=domain, **{member: type_id})

    def change_domain(self, domain: str, change: str) -> None:
        self._call(f"{change}Domain", name=domain)

    def start(
        self, domain: str, workflow_id: str, type_id: Parameters, options: Parameters
    ) -> None:
        self._call(
            "StartWorkflowExecution",
            domain=domain,
            workflowId=workflow_id,
            workflowType=type_id,
            **options,
        )

    def start_and_drive(self, domain: str, workflow_id: str, rounds: Rounds) -> None:
        self.start(domain, workflow_id, names.FULL, {})
        self.drive(domain, names.TASK_LISTS[0], rounds)

    def intervene(self, domain: str, workflow_id: str, how: str, run_id: str) -> None:
        """``how`` is Signal, RequestCancel or Terminate."""
        details = {"signalName": names.SIGNALS[0]} if how == "Signal" else {}
        self._call(
            f"{how}WorkflowExecution",
            domain=domain,
            workflowId=workflow_id,
            runId=run_id,
            **details,
        )

    def poll(
        self, kind: str, domain: str, task_list: str, held: bool, paging: Parameters | None = None
    ) -> None:
        """``kind`` is Decision or Activity. All pages of a decision task are read at once."""
        self._polls += 1
        identity = f"poller-{self._polls}"
        asked = {"domain": domain, "taskList": {"name": task_list}, "identity": identity}
        operation = f"PollFor{kind}Task"
        if not held:
            if kind == "Decision":
                asked |= paging or {}
            answer = self._call(operation, **asked)
            if answer is not None and "taskToken" in answer:
                self._take(answer)
                if kind == "Decision":
                    check_task_pages(self.service, asked, answer)
            return
        try:
            result = self.service.hold(operation, **asked)
        except Refused as refused:
            self._refused(operation, refused)
            return
        if isinstance(result, HeldPoll):
            self.pollers.append(Poller(result, identity))
        else:
            self._take(parsed(result))

    def drive(self, domain: str, task_list: str, rounds: Rounds) -> None:
        """Poll for decision tasks and answer each at once."""
        paging = {"maximumPageSize": 5, "startAtPreviousStartedEvent": True}
        for batch, options in rounds:
            before = len(self.decision_tokens)
            self.poll("Decision", domain, task_list, held=False, paging=paging)
            if len(self.decision_tokens) > before:
                self.decide(0, batch, options)

    def serve(self, domain: str, task_list: str, verb: str) -> None:
        """Poll for an activity task, show a sign of life and answer it."""
        before = len(self.activity_tokens)
        self.poll("Activity", domain, task_list, held=False)
        if len(self.activity_tokens) > before:
            self.work(0, "Heartbeat")
            self.work(0, verb)

    def end_poll(self, which: int, how: str) -> None:
        """``how`` is expire or abandon."""
        poller = _pick([poller for poller in self.pollers if not poller.gone], which)
        if poller is None:
            return
        if how == "expire":
            poller.held.expire()
            assert poller.answers, "an expired poll is not answered"
        elif not poller.answers:
            poller.gone = True
            poller.held.abandon()

    def decide(self, which: int, batch: list[Parameters], options: Parameters) -> None:
        token = _pick(self.decision_tokens, which)
        if token is not None:
            self._call("RespondDecisionTaskCompleted", taskToken=token, decisions=batch, **options)

    def work(self, which: int, verb: str) -> None:
        """``verb`` is Completed, Failed, Canceled or Heartbeat."""
        token = _pick(self.activity_tokens, which)
        if token is None:
            return
        if verb == "Heartbeat":
            self._call("RecordActivityTaskHeartbeat", taskToken=token, details="half")
        else:
            self._call(f"RespondActivityTask{verb}", taskToken=token)

    def let_pass(self, seconds: float | None) -> None:
        """Time passes, until the next deadline if ``seconds`` is None."""
        self.note(f"{seconds} s pass")
        if seconds is None:
            self.service.clock.advance_to_next_deadline()
        else:
            self.service.clock.advance(seconds)

    def drift(self, seconds: float | None) -> None:
        """As `let_pass`, but nothing fires before the next call, which is refused."""
        if seconds is None:
            due_ms = self.service.accounts.sharing.next_deadline_ms()
            now_ms = self.service.clock.now_ms()
            seconds = 0 if due_ms is None else max(0, due_ms - now_ms) / 1000
        self.note(f"{seconds} s pass unnoticed; then a call is refused")
        self.service.drift(seconds)
        self._call("DescribeDomain", name="unknown")

    def browse(self, domain: str, query: tuple[bool, Parameters]) -> None:
        """Compare a list with brute force. The times in the query are ages in seconds."""
        closed, asked = query
        now = self.service.clock.now_ms() // 1000
        times = {
            member: {bound: now - age for bound, age in ages.items()}
            for member, ages in asked.items()
            if member in ("startTimeFilter", "closeTimeFilter")
        }
        found = next(known for known in self.service.domains() if known.name == domain)
        check_lists(self.service, found, closed, {**asked, **times})

    def read(self, which: int, paging: Parameters) -> None:
        """Read a history and a description, of any run, and compare them with what is there."""
        run = _pick(self.service.runs(), which)
        if run is not None:
            check_history_pages(self.service, run, paging)
            check_description(self.service, run)

    def reset(self) -> None:
        self.note("reset")
        waiting = [poller for poller in self.pollers if not poller.gone]
        self.service.accounts.reset()
        self.collect()
        assert not any(poller in self.pollers for poller in waiting), "a poll outlived the reset"
        self.pollers.clear()
        self.handed_out.clear()
        self.register()

    def release(self) -> None:
        """All polls end without a task."""
        self.note("polls end")
        self.service.accounts.release_polls()
        self.collect()
        self.pollers.clear()

    def reimport(self) -> None:
        """Replace the state by its own export: it must be the same again."""
        self.release()
        self.note("export and import")
        before = fingerprint(self.service.engine)
        exported = export_state(self.service.accounts)
        import_state(self.service.accounts, checked_state(exported))
        self.collect()
        changes = differences(exported, export_state(self.service.accounts))
        assert not changes, f"the export after the import: {changes}"
        changes = differences(before, fingerprint(self.service.engine))
        assert not changes, f"the state after the import: {changes}"

    # Accounts.

    def collect(self) -> None:
        """Take what held polls have got."""
        for poller in list(self.pollers):
            if not poller.answers:
                continue
            assert len(poller.answers) == 1, f"{poller.identity} was answered twice"
            self.pollers.remove(poller)
            answer = parsed(poller.answers[0])
            self.note(f"{poller.identity} <- {poller.answers[0].body[:200].decode()}")
            if "taskToken" in answer:
                lossy = self.settings.lose_tasks_of_vanished_pollers
                assert not poller.gone or lossy, f"{poller.identity} has gone and got a task"
                self._take(answer)

    def check(self) -> None:
        """Raise AssertionError unless everything that must always hold does."""
        self.collect()
        runs = self.service.runs()
        check_obligations(self.service.engine)
        self._checks.check(runs)
        check_links(runs)
        for domain in self.service.domains():
            check_counts(domain)
        for run in runs:
            for event in read(run):
                if event["eventType"] in STARTS:
                    task = (run.execution.run_id, event["eventId"])
                    assert task in self.handed_out, f"{task} was given to no poll"
        held = {poll.identity for poll in self.service.held_polls()}
        lossy = self.settings.lose_tasks_of_vanished_pollers
        waiting = {poller.identity for poller in self.pollers if lossy or not poller.gone}
        assert held == waiting, f"polls held {held}, waiting {waiting}"

    def histories(self) -> dict[str, bytes]:
        return {run.execution.run_id: b"\n".join(run.history) for run in self.service.runs()}

    def _slow_function(self, event: Any) -> str:
        """Time passes while a function runs, perhaps too much."""
        self.service.clock.advance(names.SLOW_SECONDS)
        return "at last"

    def _take(self, answer: Parameters) -> None:
        task = (answer["workflowExecution"]["runId"], answer["startedEventId"])
        assert task not in self.handed_out, f"{task} was handed out twice"
        self.handed_out.add(task)
        self.answers.append(answer)
        if "events" in answer:
            self.decision_tokens.append(answer["taskToken"])
        else:
            self.activity_tokens.append(answer["taskToken"])

    def _call(self, operation: str, **parameters: Any) -> Any:
        try:
            answer = self.service.call(operation, **parameters)
        except Refused as refused:
            self._refused(operation, refused)
            return None
        self.answers.append((operation, answer))
        return answer

    def _refused(self, operation: str, refused: Refused) -> None:
        """Clients here send nothing at which the service may stumble."""
        assert refused.status == 400, f"{operation}: {refused}"
        self.answers.append((operation, refused.code, refused.message))


def _pick(choices: list[Any], which: int) -> Any:
    """Return the latest for 0, and so on backwards; None without choices."""
    return choices[-1 - which % len(choices)] if choices else None
