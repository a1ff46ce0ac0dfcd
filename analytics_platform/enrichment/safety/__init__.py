"""Rules that screen texts for danger, in tiers, and the watched words of cohorts.

Does not live here: the model beside them (``risk`` in ``learning``), alarms and what people decide (``answers``).
"""
