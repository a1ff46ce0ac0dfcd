"""Learners' answers in the lake get labels and themes, and raise alarms.

Does not live here: chats (``chats``), how a text is labelled (``methods``).
"""
