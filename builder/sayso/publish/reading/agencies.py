"""The first two letters of ISRCs: who gives out codes (ISO 3901:2019)."""

from sayso.model.territory import COUNTRIES

# Beside countries: further blocks of Brazil, Canada, France, Britain, Korea, the
# United States and South Africa, former countries, Kosovo, and allocators that work
# worldwide.
_OTHERS = frozenset(
    {
        *("BC", "BK", "BP", "BX", "CB", "CP", "CS", "DG", "FX", "GX", "KS", "QM"),
        *("QN", "QT", "QZ", "TC", "UK", "VV", "XK", "YU", "ZB", "ZZ"),
    }
)

COUNTRY_CODES = COUNTRIES | _OTHERS
"""Two letters that an ISRC may begin with; the list grows, so others only warn."""
