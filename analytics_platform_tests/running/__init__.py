"""The platform as it runs by itself: a hard fortnight with the real daemon, on a clock that the tests set."""
