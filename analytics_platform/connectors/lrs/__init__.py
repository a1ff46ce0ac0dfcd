"""Another LRS: its statements, in the order in which it stored them, from the beginning and then what is new.

``source`` is the source of the pump. Does not live here: being an LRS (``collector/``), what a statement means
(``contracts/xapi``).
"""
