"""Telemetry of an app for the analytics platform. Standard library only; installs without the platform.

- ``client``  what an app calls: ``track_…``, sessions, counts
- ``buffer``  events in memory, bounded; ``spill``  events on disk while the collector is away
- ``sender``  the thread that sends; ``http``  one request to the collector
- ``asgi``, ``wsgi``, ``requests``  middleware that records each request of a web app
"""

from analytics_platform_client.asgi import AsgiMiddleware
from analytics_platform_client.client import Client
from analytics_platform_client.wsgi import WsgiMiddleware

__all__ = ["AsgiMiddleware", "Client", "WsgiMiddleware"]
__version__ = "0.1.0"
