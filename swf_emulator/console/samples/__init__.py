"""Sample workflows that the emulator runs at one click."""

from .crew import Sample
from .orders import ORDERS
from .pictures import PICTURES

SAMPLES: dict[str, Sample] = {sample.name: sample for sample in (ORDERS, PICTURES)}

__all__ = ["SAMPLES"]
