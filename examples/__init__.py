"""Example programs for Amazon SWF with boto3, for any endpoint."""
