"""Real clients on one endpoint: the same small workflows through each of them.

``python -m conformance.clients boto3 --endpoint-url URL`` runs them with one client.
"""
