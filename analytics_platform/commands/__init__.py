"""What commands do that need several rooms: ``demo``, ``dev`` (``supervisor``), ``doctor``, ``pump`` (``pumps``),
``collector statements`` (``arrival``).

``planted`` compares a demo's marts with what its simulator planted. Does not live here: the commands' names and options
(``cli``), commands that need one room only (its ``commands`` module).
"""
