"""Tests of the API and of exports, over the organisation of seven people; HTTP is real, on loopback."""
