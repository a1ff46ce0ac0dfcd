"""The lake: landing (raw lines), Parquet days, quarantine and ledger, in a folder or an object store.

Lives here: ``store`` (the file-system seam), ``landing`` (the only entrance), ``reading`` (raw lines to typed rows as
one SQL statement), ``salvage`` (segments that no JSON reader accepts), ``days`` (a day written whole), ``ledger``
(received = stored + duplicate + quarantined). Does not live here: what columns mean (``contracts/``), HTTP, Dagster.
"""
