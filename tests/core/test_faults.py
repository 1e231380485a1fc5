"""Every fault of the core has a code that the service has."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from swf_emulator.core import faults
from swf_emulator.core.faults import Fault
from swf_emulator.protocol.model import service_model

COMMON = {"ValidationException", "ThrottlingException"}
"""API Reference, "Common Errors": no operation lists them."""

LISTED = {code for operation in service_model().operations.values() for code in operation.errors}
EXAMPLES: dict[str, Any] = {"int": 5, "list[str]": ["A", "B"]}

FUNCTIONS = [
    function
    for name, function in inspect.getmembers(faults, inspect.isfunction)
    if inspect.signature(function).return_annotation == "Fault"
]


@pytest.mark.source
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_the_service_has_a_fault_of_this_code(function: Callable[..., Fault]) -> None:
    parameters = inspect.signature(function).parameters.values()
    fault = function(*(EXAMPLES.get(each.annotation, "example") for each in parameters))
    assert fault.code in LISTED | COMMON
    assert str(fault) == f"{fault.code}: {fault.message}"
