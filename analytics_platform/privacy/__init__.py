"""What becomes of people's data when they ask, and what nobody may see: erasure, export, pseudonyms, the catalogue.

Lives here: ``identity`` (who an identifier is), ``erasing`` (one erasure, step by step, resumable) with ``home_files``
(every other file of the home) and ``searching`` (every byte of it), ``exporting`` and ``holdings`` (what is known of a
person), ``catalogue``, ``sbom``, ``auditing`` (known weaknesses of what is installed). Does not live here: how a raw
line names people (``lake/subjects``), taking them out of landing (``lake/scrubbing``) and of the collector's store.
"""
