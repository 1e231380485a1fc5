"""The operations of SWF; importing the package fills the table of `protocol.call`.

Each function is called with the engine's lock held and validated parameters, raises a `Fault`
before it changes anything, and returns the members that the model names as its output.
"""

from . import activity_tasks, decision_tasks, domains, executions, types, visibility

__all__ = [
    "activity_tasks",
    "decision_tasks",
    "domains",
    "executions",
    "types",
    "visibility",
]
