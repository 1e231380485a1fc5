"""boto 2."""
