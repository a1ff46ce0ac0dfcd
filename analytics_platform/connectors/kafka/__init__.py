"""Kafka: video events from a topic of Kafka, Redpanda or anything that speaks their protocol.

``source`` is the source of the pump. Does not live here: what an event means (``contracts/video``).
"""
