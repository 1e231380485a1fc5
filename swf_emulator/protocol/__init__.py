"""AWS JSON 1.0: bytes in, bytes out. Knows the service model and the engine, no HTTP server."""
