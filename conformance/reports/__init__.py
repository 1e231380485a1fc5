"""The outcomes as text, JSON, JUnit XML and HTML."""
