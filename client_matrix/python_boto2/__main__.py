"""The stories through boto 2: ``layer2`` polls and answers, ``layer1`` sends all the rest."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import boto
from boto.exception import SWFResponseError
from boto.regioninfo import RegionInfo
from boto.swf import exceptions, layer2
from boto.swf.layer1 import Layer1

from client_matrix.python.stories import play_all

TYPED = {
    "DomainAlreadyExistsFault": exceptions.SWFDomainAlreadyExistsError,
    "TypeAlreadyExistsFault": exceptions.SWFTypeAlreadyExistsError,
    "WorkflowExecutionAlreadyStartedFault": exceptions.SWFWorkflowExecutionAlreadyStartedError,
}


class Boto2:
    """boto 2.49, the last of its line, from 2018."""

    def __init__(self) -> None:
        url = urlsplit(os.environ["AWS_ENDPOINT_URL_SWF"])
        self.swf = Layer1(
            is_secure=url.scheme == "https",
            port=url.port,
            region=RegionInfo(name=os.environ["AWS_REGION"], endpoint=url.hostname),
        )
        # Otherwise boto signs for the region that it reads in the name of the host.
        self.swf.auth_region_name = os.environ["AWS_REGION"]
        self.worker = self._actor("ActivityWorker", {})

    def call(self, operation: str, **members: Any) -> dict[str, Any]:
        """Use the actors of ``layer2`` for tasks, ``layer1`` for other calls."""
        match operation:
            case "start_workflow_execution":
                answer = self._start(**members)
            case "poll_for_activity_task":
                answer = self._actor("ActivityWorker", members).poll()
            case "respond_activity_task_completed":
                answer = self.worker.complete(members["taskToken"], members.get("result"))
            case "respond_activity_task_failed":
                answer = self.worker.fail(members["taskToken"], reason=members["reason"])
            case "record_activity_task_heartbeat":
                answer = self.worker.heartbeat(members["taskToken"], members["details"])
            case _:
                action = "".join(word.capitalize() for word in operation.split("_"))
                answer = self.swf.json_request(action, members)
        return answer or {}

    def _actor(self, kind: str, members: dict[str, Any]) -> Any:
        actor = getattr(layer2, kind)(
            domain=members.get("domain"), task_list=members.get("taskList", {}).get("name")
        )
        actor._swf = self.swf
        return actor

    def _start(self, **members: Any) -> Any:
        return self.swf.start_workflow_execution(
            members["domain"],
            members["workflowId"],
            members["workflowType"]["name"],
            members["workflowType"]["version"],
            input=members.get("input"),
            tag_list=members.get("tagList"),
        )

    def pages(self, operation: str, **members: Any) -> Iterator[dict[str, Any]]:
        """Follow the token of the next page, since boto 2 has no paginators."""
        token = None
        while True:
            if operation == "poll_for_decision_task":
                decider = self._actor("Decider", members)
                page = decider.poll(
                    maximum_page_size=members["maximumPageSize"], next_page_token=token
                )
            else:
                page = self.call(operation, **members, nextPageToken=token)
            yield page
            token = page.get("nextPageToken")
            if token is None:
                return

    def fault(self, call: Callable[[], object]) -> str:
        """Return the code; where boto 2 has a type for it, it must be of that type."""
        try:
            call()
        except SWFResponseError as error:
            code = str(error.error_code or json.loads(error.body)["__type"]).rpartition("#")[2]
            if code in TYPED and not isinstance(error, TYPED[code]):
                return f"{code} as {type(error).__name__}"
            return code
        return ""


play_all(Boto2(), boto.Version)
