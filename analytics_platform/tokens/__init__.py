"""Bearer tokens of an OpenID Connect issuer: what the collector and the API believe, and why.

- ``signed``   a JSON web token held to its signature and its claims; pure
- ``keys``     the issuer's public keys, fetched when they are needed and seldom
- ``issuer``   one issuer and audience: from a token to its claims; their names by ours

Does not live here: what a token's holder may do (``collector.bearer``, ``serving.identity``), signing in people (an
issuer does that).
"""
