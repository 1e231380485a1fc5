"""Real clients as judges: the same stories through every SDK and framework for SWF.

``python -m client_matrix [CLIENT ...]`` builds the clients, starts a fresh emulator for each one
and prints what passed. Every client is a folder here with a ``client.toml``; see README.md.
"""
