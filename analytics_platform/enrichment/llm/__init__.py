"""Labels by a language model: its prompt, its endpoint, what was answered before, names masked.

Does not live here: what only this machine knows (``methods``).
"""
