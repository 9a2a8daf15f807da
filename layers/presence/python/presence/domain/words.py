"""Text as the words that it can be found by: folded, stemmed, and each with its place.

Folding is the same for every language; stemming is of the language that a text seems to be in (Snowball,
https://snowballstem.org). What cannot be told is taken for English.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache, reduce
from itertools import pairwise
from operator import or_
from typing import NamedTuple

import Stemmer

DEFAULT_LANGUAGE = "en"
MAX_WORD = 40
"""Characters. What is longer is no word that anybody looks for, and a key of the index may not be long."""

LANGUAGES = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
"""What texts can be stemmed in, by ISO 639-1 code."""

_SCRIPTS = (
    ("ru", "\u0400", "\u04ff"),
    ("el", "\u0370", "\u03ff"),
    ("ar", "\u0600", "\u06ff"),
    ("hy", "\u0530", "\u058f"),
    ("hi", "\u0900", "\u097f"),
    ("ta", "\u0b80", "\u0bff"),
)
"""A language that is taken for granted where its script is seen."""

_SMALL_WORDS = {
    "da": "og det er til af for ikke som jeg der den en",
    "de": "der die das und ist nicht ein eine mit fur von zu den im auf wie",
    "en": "the of and a in with to for on from at by my is no this that you are",
    "es": "el la los las y de que en un una con para por del es mi",
    "fi": "ja on ei se etta mina olen oli kun tai",
    "fr": "le la les de des et est une un du dans pour avec sur pas au",
    "hu": "es az egy nem hogy van meg csak vagy",
    "id": "dan yang di untuk dengan ini itu dari tidak",
    "it": "il lo gli e di che un una per con del della nel mio sono",
    "nl": "de het een en van voor met niet op dat zijn mijn",
    "no": "og det er til av for ikke som jeg pa en",
    "pt": "o os as e de que em um uma com para do da no na meu",
    "ro": "si de la un o pe cu nu este pentru din",
    "sv": "och det att i en jag som pa ar for inte med",
    "tr": "ve bir bu icin ile da de ne cok",
}
"""Folded words that every longer text in a language has."""
SMALL_WORDS = 16

_LEFT_OUT = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8"
    "\u06ea-\u06ed\u20d0-\u20f0\u0640\u00ad\u200c\u200d\u2060\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
"""Accents, the vowel points of Hebrew and Arabic, what only stretches or joins letters, and what only tells how a
character is to be drawn. Other scripts' marks are letters: they stay.
"""
_UNDECOMPOSED = str.maketrans(
    {"æ": "ae", "đ": "d", "ð": "d", "ħ": "h", "\u0131": "i", "ł": "l", "ø": "o", "œ": "oe", "þ": "th", "ŧ": "t"}
)
"""Letters that Unicode does not take apart and that keyboards without them replace."""
_PICTOGRAM = "[\U0001f1e6-\U0001f1ff]{2}|[\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\u3297\u3299\U0001f000-\U0001faff]"
"""A word of its own; a flag is two letters together."""
_ASCII_WORD = re.compile("[a-zA-Z0-9]+")
_IDEOGRAPHS = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Characters that may be words by themselves."""
_IDEOGRAPH = re.compile(f"[{_IDEOGRAPHS}]")
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f" + _IDEOGRAPHS
"""Scripts that put no space between words; two characters that follow each other stand for a word there."""
_JOINED = "\u00ad\u200c\u200d\u2060\U000e0100-\U000e01ef"
"""What ends no word, beside marks: https://www.unicode.org/reports/tr29/ (Extend, Format, ZWJ)."""


_BEYOND_BASIC = re.compile("[\U00010000-\U0001efff]")


class _Patterns(NamedTuple):
    word: re.Pattern[str]
    """Letters and digits with their marks, or a pictogram."""
    unspaced: re.Pattern[str]
    """Of a word a part in scripts without spaces."""
    character: re.Pattern[str]
    """One, as it is seen: a letter with its marks."""


def _ranges(ordered: Iterable[int]) -> str:
    """Of characters, as a pattern's class has them: it is slow where it has many by themselves."""
    found: list[list[int]] = []
    for each in ordered:
        if found and each == found[-1][1] + 1:
            found[-1][1] = each
        else:
            found.append([each, each])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in found)


def _patterns(text: str) -> _Patterns:
    """For a text; the marks of the scripts beyond the basic plane, which few texts have, make them slow."""
    return _made(0x1F000 if _BEYOND_BASIC.search(text) else 0x10000)


@cache
def _made(end: int) -> _Patterns:
    """Made when the first text needs them that is not ASCII: looking for the marks takes some milliseconds.

    Args:
        end: of the characters whose marks are known.
    """
    marks = _JOINED + _ranges(each for each in range(0x300, end) if unicodedata.category(chr(each))[0] == "M")
    return _Patterns(
        re.compile(f"[^\\W_]+(?:[{marks}]+[^\\W_]*)*|{_PICTOGRAM}"),
        re.compile(f"[{_UNSPACED}][{_UNSPACED}{marks}]*"),
        re.compile(f".[{marks}\uff9e\uff9f]*", re.DOTALL),
    )


class Word(NamedTuple):
    """A folded word and which part of the text it is, in characters."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Without case and accents. Of a text that has none of both it is the text itself."""
    lowered = text.casefold()
    if lowered.isascii():
        return lowered
    # Folding again: decomposing a ligature may give letters in upper case.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", lowered).casefold())
    return unicodedata.normalize("NFC", _LEFT_OUT.sub("", apart).translate(_UNDECOMPOSED))


def words(text: str) -> Iterator[Word]:
    """The words of a text, in their order."""
    for match in (_ASCII_WORD if text.isascii() else _patterns(text).word).finditer(text):
        start, end = match.span()
        run = match.group()
        if run.isascii():
            yield Word(run.lower()[:MAX_WORD], start, end)
        else:
            yield from _parted(run, start)


def _parted(run: str, start: int) -> Iterator[Word]:
    """A run of letters, where scripts without spaces are taken in pairs of characters."""
    last, patterns = 0, _patterns(run)
    for unspaced in patterns.unspaced.finditer(run):
        yield from _folded(run, start, last, unspaced.start())
        seen = [each.span() for each in patterns.character.finditer(run, *unspaced.span())]
        for (begin, _), (_, end) in pairwise(seen) if len(seen) > 1 else [(seen[0], seen[0])]:
            yield from _folded(run, start, begin, end)
        last = unspaced.end()
    yield from _folded(run, start, last, len(run))


def _folded(run: str, start: int, begin: int, end: int) -> Iterator[Word]:
    folded = fold(run[begin:end])
    # One character may be several words, as of some Arabic phrases, or have what is part of none.
    for part in (folded,) if folded.isalnum() else _patterns(folded).word.findall(folded):
        yield Word(part[:MAX_WORD], start + begin, start + end)


def ideographs(text: str) -> Iterator[Word]:
    """The characters of a text, in their order, that are often words by themselves though they stand in others too."""
    for match in () if text.isascii() else _IDEOGRAPH.finditer(text):
        yield Word(fold(match.group()), *match.span())


def language(text: str) -> str:
    """The language that a text seems to be in, as a key of ``LANGUAGES``."""
    for code, first, last in () if text.isascii() else _SCRIPTS:
        if any(first <= character <= last for character in text[:200]):
            return code
    told = _told(text)
    best = max(told, key=lambda code: (told[code], code == DEFAULT_LANGUAGE), default=DEFAULT_LANGUAGE)
    # One small word is chance: "die" and "an" are English too.
    return best if told.get(best, 0) >= 2 else DEFAULT_LANGUAGE


def _told(text: str) -> dict[str, int]:
    """How many different small words of each language a text has."""
    counts: dict[str, int] = {}
    for word in {word.text for word in words(text)}:
        for code in _languages_with().get(word, ()):
            counts[code] = counts.get(code, 0) + 1
    return counts


@cache
def _languages_with() -> dict[str, list[str]]:
    known: dict[str, list[str]] = {}
    for code, small in _SMALL_WORDS.items():
        for word in small.split():
            known.setdefault(word, []).append(code)
    return known


@cache
def _small(code: str) -> dict[str, int]:
    small = _SMALL_WORDS.get(code, "").split()[:SMALL_WORDS]
    return {stem(word, code): 1 << place for place, word in enumerate(small)}


def small_words(stems: Iterable[str], code: str) -> int:
    """Which of a language's ``SMALL_WORDS`` smallest words are among the stems, as bits."""
    known = _small(code)
    return reduce(or_, (known.get(word, 0) for word in stems), 0)


@cache
def _all_small() -> frozenset[str]:
    return frozenset(word for code in _SMALL_WORDS for word in _small(code))


def is_small(stem: str) -> bool:
    """Whether it is among the smallest words of any language."""
    return stem in _all_small()


@cache
def _stemmer(code: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(LANGUAGES[code])


@lru_cache(maxsize=20_000)
def stem(word: str, code: str) -> str:
    """The stem of a folded word in a language of ``LANGUAGES``; the word itself where nothing is left of it."""
    found: str = _stemmer(code).stemWord(word)
    return found or word


def has_words(text: str, query: str) -> bool:
    """Whether a text has every word of a query, by its stem in the text's own language; what is typed last may be the
    beginning of a word. A query without words is in no text.
    """
    wanted = [word.text for word in words(query)]
    having = {word.text for word in (*words(text), *ideographs(text))}
    missing = [word for word in wanted if word not in having]
    if missing and missing[-1] is wanted[-1] and any(word.startswith(wanted[-1]) for word in having):
        missing = missing[:-1]
    if not missing or not having:
        return bool(wanted) and not missing
    code = language(text)
    stems = {stem(word, code) for word in having}
    return all(stem(word, code) in stems for word in missing)
