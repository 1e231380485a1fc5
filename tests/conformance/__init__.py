"""The conformance suite against the emulator, which the suite itself does not import."""
