"""Real clients over real HTTP."""
