"""Chats in the lake get labels of the exchange and the conversation, and translations.

Does not live here: answers (``answers``), how a text is labelled (``methods``).
"""
