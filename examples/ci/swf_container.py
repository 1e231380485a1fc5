"""The emulator as a container of testcontainers; copy this module into your tests.

    pip install testcontainers boto3

>>> with SwfContainer() as swf:
...     client = swf.client()
...     client.list_domains(registrationStatus="REGISTERED")
"""

from __future__ import annotations

from typing import Any

import boto3
from testcontainers.core.container import DockerContainer
from testcontainers.core.waiting_utils import wait_for_logs

PORT = 4596


class SwfContainer(DockerContainer):  # type: ignore[misc]
    """A container that serves the emulator. Keyword arguments are its options: ``poll_hold=1``."""

    def __init__(self, image: str = "swf-emulator", **options: Any) -> None:
        super().__init__(image)
        self.with_exposed_ports(PORT)
        for name, value in options.items():
            self.with_env(f"SWF_EMULATOR_{name.upper()}", str(value))

    def start(self) -> SwfContainer:
        super().start()
        wait_for_logs(self, "serves Amazon SWF at")
        return self

    @property
    def url(self) -> str:
        """The endpoint URL for SDKs."""
        return f"http://{self.get_container_host_ip()}:{self.get_exposed_port(PORT)}"

    def client(self) -> Any:
        return boto3.client(
            "swf",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
