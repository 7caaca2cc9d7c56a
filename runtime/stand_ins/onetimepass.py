"""Takes the place of the package of this name, which NativeAuthenticator imports for log-in with a second factor.

That package exists as source only: each installation would have to fetch a build tool, of any version and unchecked, and run
it. What is needed of it is RFC 6238, which is this. (The hub's people have no second factor, unless an older hub's database
that was taken over says so.)
"""

import base64
import hmac
import time


def valid_totp(token, secret):
    """Whether the token is this half minute's, for the secret (base 32)."""
    return hmac.compare_digest(str(token or "").strip().encode(), totp(secret).encode())


def totp(secret, at=None):
    counter = int(time.time() if at is None else at) // 30
    key = base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, counter.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
