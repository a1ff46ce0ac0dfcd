"""The ways to label a text on this machine, and the engine that chooses one and asks the safety rules.

Does not live here: fitting (``learning``), a language model (``llm``).
"""
