"""Erasure, canaries, pseudonyms, the catalogue."""
