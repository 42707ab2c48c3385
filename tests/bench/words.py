"""Invented titles and artists: pools of words, from which rows take by number."""

from functools import cache
from itertools import product

_ADJECTIVES = (
    "Silent Broken Golden Lonely Electric Hidden Crystal Velvet Paper Burning Frozen "
    "Distant Hollow Crooked Gentle Restless Sudden Crimson Faded Silver Wooden Salt "
    "Tender Neon Quiet Northern Second Last First Blue Green Black White Red Slow Fast "
    "Bitter Sweet Early Late Midnight Sunday Summer Winter Foreign Secret Sleepless "
    "Borrowed Weightless Ordinary Wild Little Great Old New Endless Empty Perfect "
    "Simple Strange Lucky Heavy Open Lost"
)
_NOUNS = (
    "River Light Road House Window Garden Heart Fire Rain Mirror Ocean Letter Shadow "
    "Engine Summer Bridge Train Radio Island Morning Harbour Orchard Lantern Machine "
    "Dream Mountain Stranger Dancer Soldier Sister Brother Mother Daughter King Queen "
    "Bird Horse Wolf Tiger Ghost Angel Star Moon Sun Sky Storm Thunder Silence Song "
    "Dance Waltz Prayer Hymn Lullaby Anthem Story Promise Lie Kiss Goodbye Hello Coat "
    "Map Ferry"
)
_FOREIGN = (
    "Ночь без сна|Последний трамвай|Бумажный кораблик|夜のドライブ|桜の手紙|東京の雨|"
    "Χάρτινο καράβι|Νύχτα|धीमी रेल|बारिश|วันฝนตก|비 오는 날|겨울 바다|Corazón perdido|"
    "Año nuevo|Für immer jung|Straße nach Süden|Mañana será|Ça va aller|Élégie|"
    "Żółty deszcz|Łódź nocą|Ağlama|Æble og pære|Över havet|Þögn|Último adiós|São João"
)
_EVERY = 32
_OPENINGS = ("", "", "", "", "The ", "The ", "My ", "Your ", "A ", "One ", "No ")
_LINKS = (" of ", " in ", " from ", " to ", " and ", " for ")
_TAILS = (
    *("",) * 20,
    *(" (Live)", " - Live", " (Remix)", " (Radio Edit)", " - Remastered 2011"),
    *(" (Instrumental)", ", Pt. 1", ", Pt. 2", " (Acoustic)", " - Single Version"),
    *(" (Demo)", " (Extended Mix)"),
)
_ONSETS = ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "br", "st")
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ea")
_CODAS = ("n", "l", "r", "s", "ck", "nd", "")
_GIVEN = (
    "Mara Ilo Juno Silas Petra Anouk Tomas Lena Marek Sofia Noor Emil Clara Hugo Alma "
    "Felix Nadia Oskar Ines Leo Rosa Viktor Maya Jonas Elif Zoë José Chloé Jörg Søren "
    "Łucja Ngozi Kwame Aiko Haruto Priya Arjun Mei Wei Fatima Omar Layla Yusuf Ana "
    "Pedro João Lucía Diego Amélie Théo Bjørn Ingrid Sven Astrid"
)
_BANDS = (
    "The Pale",
    "DJ",
    "MC",
    "Los",
    "Die",
    "Les",
    "Mara, Ilo &",
    "Smith, Jones and the",
)


def openings() -> tuple[str, ...]:
    """Return beginnings of titles, mostly none."""
    return _OPENINGS


@cache
def phrases() -> tuple[str, ...]:
    """Return some 4,000 middles of titles, a few per cent of them not English."""
    pairs = product(_ADJECTIVES.split(), _NOUNS.split())
    foreign = _FOREIGN.split("|")
    return tuple(
        foreign[place // _EVERY % len(foreign)]
        if place % _EVERY == 0
        else f"{one} {other}"
        for place, (one, other) in enumerate(pairs)
    )


@cache
def endings() -> tuple[str, ...]:
    """Return some 4,000 ends of titles, half of them none."""
    return tuple(
        "" if place % 2 else f"{_LINKS[place // 2 % len(_LINKS)]}{name}"
        for place, name in enumerate(invented())
    )


def tails() -> tuple[str, ...]:
    """Return remarks behind titles, mostly none."""
    return _TAILS


@cache
def given() -> tuple[str, ...]:
    """Return first parts of artists' names."""
    return (*_GIVEN.split() * 3, *_BANDS)


@cache
def invented() -> tuple[str, ...]:
    """Return 4,096 names of people and places that nobody bears."""
    syllables = ["".join(parts) for parts in product(_ONSETS, _VOWELS, _CODAS)]
    size = len(syllables)
    return tuple(
        (
            syllables[one * 7 % size] + syllables[(one * 31 + one // size) % size]
        ).capitalize()
        for one in range(4096)
    )
