"""The client that apps embed, in real Flask and FastAPI apps, with the collector up, slow, down and back."""
