"""Files that people bring: each kind of file is one module of ``kinds/`` with one object, and needs nothing else.

- ``kind``       what a kind of file is: its name, its options, and how a file becomes batches and a report
- ``sheets``, ``headers``   a CSV file as rows, whatever a spreadsheet did to it; column names as people write them
- ``importing``  one file through the pump; ``dropping`` the watched folder; ``reports`` what an import says
- ``stored``     what is already there, so that importing a file twice changes nothing

Does not live here: what a row means later (``contracts/``), who is who and which answers are the same (dbt).
"""
