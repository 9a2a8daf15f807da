"""Slugs: what makes two board names the same name."""

import unicodedata


def slug(name: str) -> str:
    """The slug of a name: case, accents, punctuation and white space do not count; other scripts do.

    Of a name without a single letter or digit (an emoji, say) the name itself is the slug.
    """
    folded = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(" " if not c.isalnum() else c for c in folded if not unicodedata.combining(c))
    return "-".join(kept.split()) or " ".join(folded.split())
