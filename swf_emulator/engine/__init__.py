"""The world around the executions: one lock, the clock, what is due, who waits for what.

The engine takes one request at a time through `Engine.transact`: fire what is due, apply
the request to the core, bring about what follows from it, then, with the lock released, wake
whoever got a task.
"""
