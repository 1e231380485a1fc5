"""The smallest useful workflow: one activity that greets."""
