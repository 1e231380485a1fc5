"""Lambda functions behind a Lambda endpoint, invoked with boto3 (the ``boto3`` extra)."""

from __future__ import annotations

import importlib.util
from contextlib import closing
from typing import Any

from .engine.functions import UNHANDLED, FunctionResult, Invocation, Raised, Returned
from .urls import web_url

READ_TIMEOUT_SECONDS = 910
"""A little more than a Lambda function may run."""

PAYLOAD_BYTES_MAX = 6 * 2**20
"""The length from which a result is not read on. Source: Lambda quotas, response payload."""


class LambdaEndpoint:
    """Invokes each function at one endpoint, in the region of its execution.

    Raises ValueError for an invalid URL, and without boto3.
    """

    remote = True

    def __init__(self, endpoint_url: str) -> None:
        web_url(endpoint_url)
        if importlib.util.find_spec("boto3") is None:
            raise ValueError("a Lambda endpoint needs the extra: pip install 'swf-emulator[boto3]'")
        self.endpoint_url = endpoint_url
        self._clients: dict[str, Any] = {}

    def invoke(self, invocation: Invocation) -> FunctionResult:
        """Invoke a function and return its result; errors of the call are results too.

        Whatever the endpoint answers: what boto3 cannot read of it has many types of errors.
        """
        from botocore.exceptions import ClientError

        try:
            answer = self._client(invocation.region).invoke(
                FunctionName=invocation.function_name, Payload=invocation.payload.encode()
            )
            with closing(answer["Payload"]) as body:
                payload = body.read(PAYLOAD_BYTES_MAX).decode()
                body.read(1)  # raises if the answer ended early
        except ClientError as error:
            fault = error.response["Error"]
            return Raised(str(fault.get("Code", "Unknown")), str(fault.get("Message", "")))
        except Exception as error:
            return Raised(type(error).__name__, str(error))
        if "FunctionError" in answer:
            return Raised(UNHANDLED, payload)
        return Returned(payload)

    def _client(self, region: str) -> Any:
        client = self._clients.get(region)
        if client is None:
            import boto3
            from botocore.config import Config

            client = self._clients[region] = boto3.client(
                "lambda",
                region_name=region,
                endpoint_url=self.endpoint_url,
                aws_access_key_id="emulator",
                aws_secret_access_key="emulator",
                config=Config(read_timeout=READ_TIMEOUT_SECONDS, retries={"max_attempts": 0}),
            )
        return client
