"""Who is about to leave: an explained score per learner, calibrated on what happened later in the data.

- ``features``  plain numbers per learner on a day: recency, frequency, completion, drop-off, sentiment, support
- ``model``     logistic regression on earlier days, calibrated on later ones; a score is a sum that can be read
- ``backtest``  AUC and a calibration table on days that the model has not seen; reasons to abstain
- ``learners``  activity from a CSV file or the marts; ``risk_text``, ``commands``  the answer, the command line

Does not live here: "at risk" as a plain rule of seven days (metrics, dbt).
"""
