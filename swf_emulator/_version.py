"""The version of the distribution, read by the build too."""

from importlib.util import find_spec

__version__ = "0.1.0"


def build() -> str:
    """Return how the state machine and the protocol run: ``compiled`` or ``pure Python``."""
    spec = find_spec("swf_emulator.core.record")
    return "pure Python" if spec and (spec.origin or "").endswith(".py") else "compiled"
