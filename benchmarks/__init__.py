"""Measurements of the emulator, as ratios within one run: ``python -m benchmarks --help``.

Machines are noisy, so no measurement is a test with a time limit. Programs that are compared take
turns in one run; the result is the median of the turns, and CPU time matters more than elapsed
time. A missed target is shown as missed and fails nothing.
"""
