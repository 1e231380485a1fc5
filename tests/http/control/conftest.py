"""A client of the control API, on the emulator with a clock that the test moves."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from swf_emulator import Emulator
from swf_emulator.http import create_app


@pytest.fixture
def http(virtual: Emulator) -> Client:
    return create_app(virtual).test_client()
