"""A suite that judges any Amazon SWF endpoint.

Run it with ``python -m conformance --endpoint-url URL``; see ``README.md`` in this folder.
"""
