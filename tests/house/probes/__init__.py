"""Tests that pass only in a changed copy of the repository, where `tests.house` runs them."""
