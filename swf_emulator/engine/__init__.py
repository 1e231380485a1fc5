"""The state of all executions, over time: the only floor with locks.

`accounts` maps accounts to engines, `engine` puts the parts of one engine together, and
`transaction` is the life of a call in it. `recording` writes, `view` reads.
"""
