"""Slugs: what makes two board names the same name."""

import hashlib
import unicodedata

MAX_BYTES = 900
"""It becomes part of a sort key, which DynamoDB limits to 1,024 bytes; one character may unfold into eighteen."""


def slug(name: str) -> str:
    """The slug of a name: case, accents, punctuation and white space do not count; other scripts do.

    Of a name without a single letter or digit (an emoji, say) the name itself is the slug; of one that is longer
    than ``MAX_BYTES``, a digest.
    """
    text = _folded(name)
    encoded = text.encode()
    return text if len(encoded) <= MAX_BYTES else hashlib.sha256(encoded).hexdigest()


def _folded(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(" " if not c.isalnum() else c for c in folded if not unicodedata.combining(c))
    return "-".join(kept.split()) or " ".join(folded.split())
