"""Folder and file names for people's names, which may come from an identity provider and hold anything."""

import hashlib
import re

# Plain names stay as they are. No leading dot or dash, no "..", lower case only (some file systems ignore case).
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*")
_LONGEST = 64


def safe_name(username):
    """One path component for this user: never leaves its folder, and never the same for two users.

    Any other name than a plain one becomes a readable rest, `~` and a digest of the whole name. No plain name has a `~`.
    """
    if len(username) <= _LONGEST and _PLAIN.fullmatch(username):
        return username
    readable = re.sub(r"[^a-z0-9]+", "-", username.lower()).strip("-")[:32]
    digest = hashlib.sha256(username.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{readable or 'user'}~{digest}"
