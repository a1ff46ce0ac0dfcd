"""Exports of the chatbot's messages, as CSV or JSON. Does not live here: reading them (``chats``)."""

from analytics_platform.connectors.files.chats import importer
from analytics_platform.connectors.files.kind import Kind

KIND = Kind(
    name="messages",
    help="An export of the chatbot's messages (CSV, JSON). Again: only rows that are new or edited.",
    read=importer("messages", "nocodb/messages"),
    day=("", ""),
    order=5,
)
