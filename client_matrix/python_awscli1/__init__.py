"""The AWS CLI."""
