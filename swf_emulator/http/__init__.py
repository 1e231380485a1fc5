"""The HTTP edge: one protocol floor behind two thin hosts, ASGI and WSGI.

`asgi.Application` answers the AWS calls itself and gives everything else to the Flask
application of `wsgi.create_app`, which answers AWS calls too when another WSGI host runs it.
"""

from .options import EdgeOptions
from .served import Served
from .wsgi import create_app

__all__ = ["EdgeOptions", "Served", "create_app"]
