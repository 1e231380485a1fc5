"""Measurements of the emulator, as ratios within one run: ``python -m benchmarks --help``.

The machine is shared and noisy, so nothing here is a test with a time limit. Whatever is
compared runs in the same program, in turns; medians are taken, and CPU time goes before
elapsed time. A target that is missed is shown as missed and fails nothing.
"""
