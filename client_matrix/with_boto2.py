"""The stories through boto 2: ``layer2`` for domain, types and actors, ``layer1`` for the rest."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from client_matrix.stories import (
    ACTIVITIES,
    DECISIONS,
    FLOW,
    WORK,
    Decider,
    Event,
    WorkFailed,
)


class Boto2Client:
    """boto 2.49, the last of its line, from 2018."""

    def __init__(self, url: str, region: str) -> None:
        layer1 = import_module("boto.swf.layer1")
        regioninfo = import_module("boto.regioninfo")
        self.layer2: Any = import_module("boto.swf.layer2")
        self.errors: Any = import_module("boto.swf.exceptions")
        self.response_error: Any = import_module("boto.exception").BotoServerError
        parts = urlsplit(url)
        self.swf: Any = layer1.Layer1(
            aws_access_key_id="conformance",
            aws_secret_access_key="conformance",
            is_secure=parts.scheme == "https",
            port=parts.port,
            region=regioninfo.RegionInfo(name=region, endpoint=parts.hostname),
        )
        self.swf.auth_region_name = region
        self.swf.num_retries = 0
        self.domain = ""

    def _object(self, kind: str, **attributes: Any) -> Any:
        """An object of layer2 that works through our connection."""
        made = getattr(self.layer2, kind)(
            aws_access_key_id="conformance", aws_secret_access_key="conformance", **attributes
        )
        made._swf = self.swf
        return made

    def register(self, domain: str) -> None:
        """Register the domain and both types."""
        self._object("Domain", name=domain, retention="1", description="boto 2").register()
        self.domain = domain
        self._object("WorkflowType", domain=domain, **FLOW).register(
            task_list=DECISIONS, default_task_start_to_close_timeout="60"
        )
        self.swf.register_activity_type(
            domain,
            WORK["name"],
            WORK["version"],
            task_list=ACTIVITIES,
            default_task_start_to_close_timeout="60",
            default_task_schedule_to_start_timeout="60",
            default_task_schedule_to_close_timeout="60",
            default_task_heartbeat_timeout="NONE",
        )

    def start(self, workflow_id: str, input: str) -> str:
        """Start an execution."""
        answer = self.swf.start_workflow_execution(
            self.domain, workflow_id, FLOW["name"], FLOW["version"], input=input
        )
        return str(answer["runId"])

    def signal(self, workflow_id: str, name: str, input: str) -> None:
        """Signal an execution."""
        self.swf.signal_workflow_execution(self.domain, name, workflow_id, input=input)

    def cancel(self, workflow_id: str) -> None:
        """Ask an execution to cancel."""
        self.swf.request_cancel_workflow_execution(self.domain, workflow_id)

    def decide(self, decider: Decider) -> None:
        """Take one decision task with layer2's ``Decider``."""
        actor = self._object("Decider", domain=self.domain, task_list=DECISIONS)
        task = actor.poll()
        self.swf.respond_decision_task_completed(task["taskToken"], decider(task["events"]))

    def work(self, worker: Callable[[str], str]) -> None:
        """Take one activity task with layer2's ``ActivityWorker``."""
        actor = self._object("ActivityWorker", domain=self.domain, task_list=ACTIVITIES)
        task = actor.poll()
        actor.heartbeat()
        try:
            result = worker(task["input"])
        except WorkFailed as failure:
            actor.fail(reason=str(failure))
        else:
            actor.complete(result=result)

    def history(self, workflow_id: str, run_id: str) -> list[Event]:
        """The whole history."""
        answer = self.swf.get_workflow_execution_history(self.domain, run_id, workflow_id)
        events: list[Event] = answer["events"]
        return events

    def error_code(self, call: Callable[[], object]) -> str:
        """The code that boto 2 read; its typed errors are checked where it has a type."""
        typed = {
            "DomainAlreadyExistsFault": self.errors.SWFDomainAlreadyExistsError,
            "WorkflowExecutionAlreadyStartedFault": (
                self.errors.SWFWorkflowExecutionAlreadyStartedError
            ),
        }
        try:
            call()
        except self.response_error as error:
            code = str(error.error_code or error.body.get("__type", "")).rpartition("#")[2]
            if code in typed and not isinstance(error, typed[code]):
                return f"{code} as {type(error).__name__}"
            return code
        return ""

    def describe_unknown_domain(self) -> None:
        """Describe a domain that does not exist."""
        self.swf.describe_domain("no-such-domain")
