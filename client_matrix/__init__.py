"""Real clients on one endpoint: the same small workflows through each of them.

``python -m client_matrix boto3 --endpoint-url URL`` runs them with one client.
"""
