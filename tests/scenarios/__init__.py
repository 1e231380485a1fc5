"""Scenarios: what the emulator does in one situation each, as text, with the source it rests on.

A scenario file begins with comment lines: what it shows, and ``Source:``. Then come blocks,
separated by blank lines. A block is commands, ``----``, and all that they bring about::

    start w
    poll-decision
    respond
      StartTimer t 10
    ----
    w 1 +0 WorkflowExecutionStarted ...

For every command the expected lines are its answer (a fault as ``! Code: message``), then the
events that all executions have recorded meanwhile. Commands without ``----`` are played silently,
but must not be refused. Continuation lines are indented.

Each scenario has its own emulator on a virtual clock (``+10`` is ten seconds after it began) with
a domain ``d``, a workflow type ``W/1`` (child policy TERMINATE, a day to live, task list ``L``,
decision tasks without a timeout) and an activity type ``A/1`` (task list ``L``, no timeouts).
`commands` has the vocabulary, `notation` the way in which values are written.

``pytest tests/scenarios --rewrite`` writes what the emulator does into the files. Read the diff
against the source before keeping it.
"""
