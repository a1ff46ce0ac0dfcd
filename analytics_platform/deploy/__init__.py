"""What a deployment needs: the Dagster instance (``instance``, ``dagster.yaml``). Does not live here: definitions."""
