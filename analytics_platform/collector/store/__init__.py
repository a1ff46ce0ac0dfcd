"""What the collector has accepted, on disk: statements, documents, attachments, other lines, credentials.

- ``connection``   the few things asked of a database; ``databases`` opens ``sqlite`` or ``postgres``
- ``schema``       the tables; ``migration`` brings those of older versions up to date
- ``postings``     the index that every filter uses
- ``writes``       what can be asked of the writer; ``transaction`` does many of them at once
- ``writer``       one thread, group commit
- ``statement_queries``, ``documents``   what GET asks
- ``queue``        what is not in landing yet; ``credentials``

Both databases run the same SQL. One transaction writes at a time, over all processes, so places (``seq``) grow in the
order of commits, and a reader that remembers a place has missed nothing before it. Not here: HTTP, rules of xAPI.
"""
