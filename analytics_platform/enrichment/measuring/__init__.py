"""How well labels hold, why a text has its label, and what people corrected, as commands show it.

Does not live here: the agreement of two lists of labels (``evaluation`` in ``learning``).
"""
