"""Plants faults in a package and counts those that the conformance suite notices."""
