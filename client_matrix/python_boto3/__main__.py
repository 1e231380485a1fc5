"""The stories through boto3, with its validation of parameters."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import boto3
from botocore.exceptions import ClientError

from client_matrix.python.stories import play_all


class Boto3:
    """A client of boto3; releases before 1.28 take the endpoint only from code."""

    def __init__(self) -> None:
        self.swf: Any = boto3.client("swf", endpoint_url=os.environ["AWS_ENDPOINT_URL_SWF"])

    def call(self, operation: str, **members: Any) -> dict[str, Any]:
        """Call the method of the operation."""
        answer: dict[str, Any] = getattr(self.swf, operation)(**members)
        return answer

    def pages(self, operation: str, **members: Any) -> Iterator[dict[str, Any]]:
        """Use the paginator of the operation."""
        yield from self.swf.get_paginator(operation).paginate(**members)

    def fault(self, call: Callable[[], object]) -> str:
        """Return the name of the typed exception."""
        try:
            call()
        except ClientError as error:
            return type(error).__name__
        return ""


play_all(Boto3(), boto3.__version__)
