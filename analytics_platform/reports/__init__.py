"""Reports: documents that people read, made from the published snapshot and nothing else.

The evening message of a cohort: ``progress_data`` asks the marts, ``progress`` decides what is said, ``wording`` says
it, ``markdown``, ``page`` and ``sheet`` are its three forms, ``message_files`` puts them into files. ``names`` keeps
the privacy setting. A video's report: ``video_data`` asks, ``video`` decides, ``video_forms`` shows, ``video_writing``
joins them. Does not live here: any number of its own (dbt), when it is written (``defs``).
"""
