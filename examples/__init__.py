"""Example programs for Amazon SWF with boto3; they run against any endpoint."""
