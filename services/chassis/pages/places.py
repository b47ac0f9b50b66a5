"""The places that a form offers by name, in groups as people look for them."""

from contracts.reference import regions
from contracts.values import RegionCode

Groups = list[tuple[str, list[tuple[str, str]]]]
"""Each group's title, with the code and the name of its places."""


def villages_in(district: str) -> Groups:
    """The villages of each kecamatan; the kecamatan alone where the district's villages are not in the code list."""
    known, code = regions(), RegionCode(district)
    inside = known.children_of(code)
    if code in known.villages_of:
        return [(f"Kecamatan {k.name}", [(str(v.code), v.name) for v in known.children_of(k.code)]) for k in inside]
    return [(known.name_of(code), [(str(k.code), f"Kecamatan {k.name}") for k in inside])]


def places_near(district: str) -> Groups:
    """The same, then the districts of the province and the other provinces, for whoever was taken far away."""
    known, code = regions(), RegionCode(district)
    around = [(str(d.code), d.name) for d in known.children_of(code.province)]
    others = [(str(p.code), p.name) for p in known.children_of(None)]
    return [
        *villages_in(district),
        (f"Kabupaten dan kota di {known.name_of(code.province)}", around),
        ("Provinsi", others),
    ]
