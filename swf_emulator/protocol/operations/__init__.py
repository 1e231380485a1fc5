"""The 39 operations, one function each; importing the package fills the table of `call`.

Each function is called with the engine's lock held and validated parameters, raises a
`Fault` before it changes anything, and returns what the model names as its output.
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
