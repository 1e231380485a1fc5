"""A client without serialization, signatures, retries and parsing: far cheaper than boto3's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from botocore.exceptions import ParamValidationError
from botocore.utils import parse_timestamp
from botocore.validate import ParamValidator

from ..core.faults import Fault
from ..emulator import Emulator
from ..engine.domains import Scope


class DirectClient:
    """The methods of a boto3 client, called on an emulator in its own account and region.

    Checks of parameters, results and exceptions are boto3's, except for ``ResponseMetadata``.
    Polls never wait.
    """

    def __init__(self, emulator: Emulator, client: Any) -> None:
        self.exceptions = client.exceptions
        self._meta = client.meta
        self._service = emulator.service
        self._scope = Scope(self._service.account, self._service.region)

    def __getattr__(self, method: str) -> Callable[..., dict[str, Any]]:
        return partial(self._call, self._meta.method_to_api_mapping[method])

    def _call(self, operation: str, /, **parameters: Any) -> dict[str, Any]:
        shape = self._meta.service_model.operation_model(operation).input_shape
        report = ParamValidator().validate(parameters, shape)
        if report.has_errors():
            raise ParamValidationError(report=report.generate_report())
        try:
            result = self._service.call(self._scope, operation, **parameters)
        except Fault as fault:
            error = {"Error": {"Code": fault.code, "Message": fault.message or ""}}
            raised = self.exceptions.from_code(fault.code)(error, operation)
        else:
            for event in result.get("events", ()):
                event["eventTimestamp"] = parse_timestamp(event["eventTimestamp"])
            return result
        # Raised outside the handler, because Hypothesis distinguishes failures by their contexts.
        raise raised
