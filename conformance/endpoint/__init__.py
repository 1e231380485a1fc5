"""The endpoint that is judged, and how it is reached."""
