"""What programs and people read of the published snapshot: ``api`` (HTTP), ``exports`` (files), ``pages``, ``seven``.

Every number comes from ``semantics``, with a viewer. Does not live here: what a metric means, and who sees what.
"""
