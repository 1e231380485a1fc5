"""The stories through aiobotocore, whose client lives on an event loop in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from threading import Thread
from typing import Any, TypeVar

import aiobotocore
from aiobotocore.session import get_session
from botocore.exceptions import ClientError

from client_matrix.python.stories import play_all

Value = TypeVar("Value")


class Aiobotocore:
    """A client of aiobotocore."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        Thread(target=self.loop.run_forever, daemon=True).start()
        self.swf = self._run(self._client())

    async def _client(self) -> Any:
        return await get_session().create_client("swf").__aenter__()

    def _run(self, coroutine: Coroutine[Any, Any, Value]) -> Value:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    def call(self, operation: str, **members: Any) -> dict[str, Any]:
        """Call the method of the operation."""
        answer: dict[str, Any] = self._run(getattr(self.swf, operation)(**members))
        return answer

    def pages(self, operation: str, **members: Any) -> Iterator[dict[str, Any]]:
        """Use the paginator of the operation."""

        async def collected() -> list[dict[str, Any]]:
            paginator = self.swf.get_paginator(operation)
            return [page async for page in paginator.paginate(**members)]

        yield from self._run(collected())

    def fault(self, call: Callable[[], object]) -> str:
        """Return the name of the typed exception."""
        try:
            call()
        except ClientError as error:
            return type(error).__name__
        return ""


play_all(Aiobotocore(), aiobotocore.__version__)
