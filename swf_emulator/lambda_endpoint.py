"""Lambda functions behind a Lambda endpoint, invoked with boto3 (the ``boto3`` extra)."""

from __future__ import annotations

from typing import Any

from .engine.functions import UNHANDLED, FunctionResult, Invocation, Raised, Returned

READ_TIMEOUT_SECONDS = 910
"""A little more than a Lambda function may run."""


class LambdaEndpoint:
    """Invokes each function at one endpoint, in the region of its execution."""

    def __init__(self, endpoint_url: str) -> None:
        self.endpoint_url = endpoint_url
        self._clients: dict[str, Any] = {}

    def invoke(self, invocation: Invocation) -> FunctionResult:
        """Invoke a function and return its result; errors of the call are results too."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._client(invocation.region).invoke(
                FunctionName=invocation.function_name, Payload=invocation.payload.encode()
            )
        except ClientError as error:
            fault = error.response["Error"]
            return Raised(fault.get("Code", "Unknown"), fault.get("Message", ""))
        except BotoCoreError as error:
            return Raised(type(error).__name__, str(error))
        payload = answer["Payload"].read().decode()
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
