"""Google's analyzer as the judge of BigQuery SQL."""
