"""Territories: where a declaration speaks (ISO 3166-1 alpha-2, `EU`, `EEA`).

The lists are part of the specification: a change of membership is a new version
of the vocabulary, never a silent change of what an owner said.
"""

from dataclasses import dataclass

WORLDWIDE = "worldwide"

_COUNTRIES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM
BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX
CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG
GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR
IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV
LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE
NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO
RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF
TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF
WS YE YT ZA ZM ZW
"""
_EU = """
AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK
"""

COUNTRIES = frozenset(_COUNTRIES.split())

GROUPS: dict[str, frozenset[str]] = {"EU": frozenset(_EU.split())}
GROUPS["EEA"] = GROUPS["EU"] | {"IS", "LI", "NO"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Territories:
    """A set of countries: the `codes`, or with `everywhere_but` all others."""

    codes: frozenset[str] = frozenset()
    everywhere_but: bool = True

    def covers(self, country: str | None) -> bool:
        """Return whether a country is in the set; None is one nobody mentions."""
        return (country in self.codes) != self.everywhere_but


EVERYWHERE = Territories()


def is_territory(code: str) -> bool:
    """Return whether a declaration may name this code."""
    return code == WORLDWIDE or code in COUNTRIES or code in GROUPS


def territories(included: list[str], excepted: list[str]) -> Territories:
    """Return the set that `territories` and `except_territories` name.

    Args:
        included: codes, group names or `worldwide`; none means worldwide.
        excepted: codes or group names taken out again.
    """
    removed = _expand(excepted)
    if not included or WORLDWIDE in included:
        return Territories(codes=removed, everywhere_but=True)
    return Territories(codes=_expand(included) - removed, everywhere_but=False)


def _expand(codes: list[str]) -> frozenset[str]:
    return frozenset().union(*(GROUPS.get(code, frozenset({code})) for code in codes))
