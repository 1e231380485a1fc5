"""Measurements of the emulator, as ratios within one run: ``python -m benchmarks --help``.

Machines are shared and noisy, so no benchmark is a test with a time limit. Contenders take turns
in the same program; the figures are medians, of CPU time where possible. A missed target is
reported and is not an error.
"""
