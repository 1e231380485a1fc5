"""The state machine of one workflow execution: pure, deterministic, without input or output.

Nothing here knows a clock, a lock, a socket or a random number. A *decide* function reads an
execution and yields the events that follow from a request; an *evolve* function folds one
event into the execution. The events are the truth: folding a history again gives the same
execution.

Importing the package fills the tables of `registry`: each concept module registers its own
decisions and events.
"""

from . import (
    activities,
    children,
    decision_tasks,
    executions,
    external,
    lambdas,
    markers,
    timers,
)

__all__ = [
    "activities",
    "children",
    "decision_tasks",
    "executions",
    "external",
    "lambdas",
    "markers",
    "timers",
]
