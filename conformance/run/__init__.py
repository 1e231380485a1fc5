"""Runs of the suite: the command line and what it needs."""
