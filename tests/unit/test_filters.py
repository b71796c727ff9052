from __future__ import annotations

import pytest

from bot.catalogue.fiche import FIELD_DURATION, FIELD_LEVEL, Formation
from bot.catalogue.filters import Wish, fitting, nearest, read_wish


def formation(title: str, duration: str = "", level: int = 0) -> Formation:
    fields = [(FIELD_DURATION, duration)] if duration else []
    fields += [(FIELD_LEVEL, f"niveau {level}")] if level else []
    return Formation(title, title, tuple(fields), (), ())


FORMATIONS = [
    formation("CAP a", "2 ans", 3),
    formation("BTS a", "2 ans", 5),
    formation("BUT a", "3 ans", 6),
    formation("CAP b"),
]


def is_kind(id_: str, kind: str) -> bool:
    return id_.startswith(kind)


def ids(formations: list[Formation]) -> list[str]:
    return [f.id for f in formations]


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("des formations en 2 ans", Wish(years=2)),
        ("en deux années après la troisième", Wish(years=2, after="3e")),
        ("apres le bac", Wish(after="bac")),
        ("après mon bac pro cuisine", Wish()),
        ("après la 3e", Wish(after="3e")),
        ("la 3e", Wish()),
        ("", Wish()),
    ],
)
def test_read_wish(text: str, wish: Wish) -> None:
    assert read_wish(text, None) == wish
    assert bool(wish) == (wish != Wish())


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        (Wish(), ["CAP a", "BTS a", "BUT a", "CAP b"]),
        (Wish(kind="CAP"), ["CAP a", "CAP b"]),
        (Wish(years=2), ["CAP a", "BTS a"]),
        (Wish(after="3e"), ["CAP a"]),
        (Wish(after="bac"), ["BTS a", "BUT a"]),
        (Wish("BTS", 2, "bac"), ["BTS a"]),
        (Wish("BTS", 3), []),
    ],
)
def test_fitting(wish: Wish, found: list[str]) -> None:
    assert ids(fitting(FORMATIONS, wish, is_kind)) == found


def test_nothing_is_given_up_where_something_fits() -> None:
    found, given_up = nearest(FORMATIONS, Wish("CAP", 2), is_kind)
    assert (ids(found), given_up) == (["CAP a"], [])


def test_the_duration_is_given_up_first_and_the_others_are_counted() -> None:
    found, given_up = nearest(FORMATIONS, Wish(years=1, after="bac"), is_kind)
    assert ids(found) == ["BTS a", "BUT a"]
    counted = [{"value": "2 ans", "count": 1}, {"value": "3 ans", "count": 1}]
    assert given_up == [{"what": "duree", "said": 1, "found": counted}]


def test_the_type_is_given_up_where_no_fiche_has_it() -> None:
    found, given_up = nearest(FORMATIONS, Wish("licence", 3), is_kind)
    assert (ids(found), given_up) == (["BUT a"], [{"what": "type", "said": "licence"}])


def test_no_formation_at_all() -> None:
    assert nearest([], Wish("CAP"), is_kind) == ([], [])
