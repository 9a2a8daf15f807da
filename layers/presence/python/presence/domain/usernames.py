"""Usernames: what one may be, and what makes two of them the same.

Two names that look alike cannot stand beside each other. What a name looks like is its *skeleton*, as in Unicode
Technical Standard 39, section 4 (https://www.unicode.org/reports/tr39/#Confusable_Detection). Names are plain ASCII,
so of its table (https://www.unicode.org/Public/security/latest/confusables.txt) only the ASCII lines matter: there
``0`` is O, ``1`` is l, and ``m`` is r and n. Its ``I``, which is l, is no matter: names are shown in lower case.
Underscores do not count either, although the table keeps them: ``ann_lee`` would pass for ``annlee``.
"""

import re

from presence.domain.reserved import RESERVED_USERNAMES

MIN_LENGTH, MAX_LENGTH = 3, 30
_CHARACTERS = re.compile(r"[a-z0-9_]*")
_LOOKS = str.maketrans({"0": "o", "1": "l", "m": "rn", "_": None})


def skeleton(name: str) -> str:
    """What the name looks like: at most twice as long as the name."""
    return name.lower().translate(_LOOKS)


_RESERVED = frozenset(map(skeleton, RESERVED_USERNAMES))


def broken_rule(name: str) -> str | None:
    """The rule that a name in lower case breaks; None: it may be had, if nobody has it.

    Without a letter it could be taken for an id.
    """
    if not MIN_LENGTH <= len(name) <= MAX_LENGTH:
        return f"must have {MIN_LENGTH} to {MAX_LENGTH} characters"
    if not _CHARACTERS.fullmatch(name):
        return "must have only the letters a to z, digits and underscores"
    if not any(character.isalpha() for character in name):
        return "must have a letter"
    if skeleton(name) in _RESERVED:
        return "is reserved, or looks like a name that is"
    return None
