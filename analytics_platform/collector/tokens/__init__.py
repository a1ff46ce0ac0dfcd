"""Bearer tokens of an OpenID Connect issuer, beside Basic authentication.

- ``signed``   a JSON web token held to its signature and its claims; pure
- ``keys``     the issuer's public keys, fetched when they are needed and seldom
- ``bearer``   from a token to who is asking: a credential with our scopes

Does not live here: Basic and public keys (``access``), signing in people (an issuer does that).
"""
