"""The results as text, JSON, JUnit XML and HTML."""
