"""Cases that are generated from the service model."""
