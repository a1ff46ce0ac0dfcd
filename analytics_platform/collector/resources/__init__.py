"""The resources of the LRS, as handlers of requests: statements, documents, agents, activities, about.

Does not live here: the rules of xAPI (``xapi/``), storing (``store/``), other routes (``intake/``).
"""
