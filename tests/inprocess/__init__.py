"""boto3 clients in process."""
