"""aiobotocore."""
