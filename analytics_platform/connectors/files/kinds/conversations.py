"""Exports of the chatbot's conversations, as CSV or JSON. Does not live here: reading them (``chats``)."""

from analytics_platform.connectors.files.chats import importer
from analytics_platform.connectors.files.kind import Kind

KIND = Kind(
    name="conversations",
    help="An export of the chatbot's conversations (CSV, JSON). Again: only rows that are new or edited.",
    read=importer("conversations", "nocodb/conversations"),
    day=("", ""),
    order=5,
)
