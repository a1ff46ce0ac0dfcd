"""Examples, people's corrections, and the models that are fitted to them on this machine.

Does not live here: labelling with a fitted model (``methods``), how well labels hold (``measuring``).
"""
