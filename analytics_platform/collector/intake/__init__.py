"""The other routes: bulk statements, video events, app telemetry. Not here: the xAPI resources (``resources/``)."""
