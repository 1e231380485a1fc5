"""The stories for clients in Python that call the API, shared by all of them."""
