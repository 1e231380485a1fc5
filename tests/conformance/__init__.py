"""The conformance suite against the emulator; the suite itself knows nothing of it."""
