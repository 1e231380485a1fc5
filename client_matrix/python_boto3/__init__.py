"""boto3."""
