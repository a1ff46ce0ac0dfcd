"""Reading a text: its language, its words, what they feel and speak of, as features.

Does not live here: what is made of the features (``learning``), which texts there are (``answers``, ``chats``).
"""
