"""The runner of the client matrix; the clients run with `make clients`."""
