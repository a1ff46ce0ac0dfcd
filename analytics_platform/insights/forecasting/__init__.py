"""Forecasts that dare abstain: many series at once, from plain models that compete in a rolling-origin backtest.

- ``grid``       series on an even calendar: period, gaps, the times to come
- ``smoothing``, ``regression``, ``models``  the candidates: naive, drift, theta, damped trend, Holt-Winters, lags
- ``backtest``   origins, errors, the choice of a candidate or of a combination
- ``intervals``  80 and 95 % from the errors of the backtest
- ``forecast``   all of it behind one door, with the reasons to abstain; ``capacity`` when a limit is reached

Does not live here: files and the command line (series_csv, commands of the room above).
"""
