"""Extending the emulator, tried in copies of the repository: what has to be touched, and what not.

They take minutes and run with ``make house``.
"""
