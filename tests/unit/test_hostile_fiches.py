"""What a fiche says goes out as Markdown that nobody's renderer takes for HTML, images or links to scripts."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from serialise import serialise, serialise_job

from bot.catalogue.fiche import Formation
from bot.catalogue.ingest import ingest
from bot.catalogue.job_parser import parse_job
from bot.catalogue.markdown import safe
from bot.catalogue.parser import parse_formation
from bot.catalogue.store import connect, read_catalogue

WRITTEN_BY_RENDERERS = {"p", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "em", "strong", "a", "code", "pre"}
WRITTEN_BY_RENDERERS |= {"blockquote", "hr", "br"}


class Seen(HTMLParser):
    """The tags and the addresses of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.comments: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def rendered(text: str) -> Seen:
    """What a CommonMark renderer makes of `text` that lets HTML and every link pass."""
    renderer = MarkdownIt("commonmark", {"html": True})
    renderer.validateLink = lambda _url: True  # type: ignore[method-assign]
    return Seen(renderer.render(text))


def assert_harmless(text: str) -> None:
    for shown in (text, text.replace("\n", " ")):  # in a cell of a table, a section is one line
        seen = rendered(shown)
        assert seen.tags <= WRITTEN_BY_RENDERERS, shown
        assert not seen.comments, shown
        assert all(re.match(r"https?://|mailto:", address, re.IGNORECASE) for address in seen.addresses), shown


HOSTILE = [
    "[Voir](javascript:alert(1))",
    "[Voir](JaVaScRiPt:alert(1))",
    "[Voir](<javascript:alert(1)>)",
    "[Voir](&#106;avascript:alert(1))",
    '[Voir](javascript:alert(1) "titre")',
    "[Voir](data:text/html;base64,PHNjcmlwdD4=)",
    "[Voir](//exemple.fr/x) et [là](/x) et [ici](#x)",
    "[Voir\n            encore](javascript:alert(1))",
    "[[a](javascript:b)](javascript:c)",
    "[a][(javascript:alert%281%29)](x)",
    "[a]\n\n            (javascript:alert(1))",
    "[a\n\n            ](javascript:alert(1))",
    "[a]\n\n            [a]: javascript:alert(1)",
    "- [a]: javascript:alert(1)\n            - [a]",
    "[a][b]\n\n            [b]:\n            javascript:alert(1)",
    "[a][[b](x): javascript:alert(1)",
    "![x](https://exemple.fr/suivi.png)",
    "![x](javascript:alert(1))",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "\\<script>alert(1)</script>",
    "\\\\<script>alert(1)</script>",
    "<[script](x)>alert(1)</script>",
    "<br><script>alert(1)</script>",
    "<p><iframe src=x></p>",
    "<<b>script>alert(1)</script>",
    "<!-- x --><?php ?><![CDATA[x]]>",
    "<javascript:alert(1)>",
    "<a\n            href=javascript:alert(1)>x</a>",
    "`<script>` et `[a](javascript:alert(1))`",
    "```\n            <script>\n            ```",
    "a `\\` <b>",
]


def formation(section: str) -> Formation:
    return parse_formation(f"# bac x\n\n## Accès\n\n{section}\n\n## Vie à l'internat\n\n{section}\n", "x.md")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_sections_are_harmless_and_parsed_back(text: str) -> None:
    fiche = formation(text)
    for section in fiche.sections:
        assert section.text
        assert_harmless(section.text)
    assert parse_formation(serialise(fiche), "x.md") == fiche
    job = parse_job(
        f"# plombier/ière\n**ID:** MET.1\n\n## Nature du travail\n\n{text}\n\n**Statuts possibles:**\n{text}", "j"
    )
    for section in job.sections:
        assert_harmless(section.text)
    assert parse_job(serialise_job(job), "j") == job


PIECES = st.sampled_from(
    [*"[]()<>!\\`*: \n-#/&", "a", "x", "br", "script", "javascript:", "https://a.fr", "mailto:", '"']
)


@given(st.lists(PIECES, max_size=25).map("".join))
@example("![a](x)[b](y)")
def test_no_text_is_harmful(text: str) -> None:
    assert_harmless(safe(text))
    assert safe(safe(text)) == safe(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("R&D, <3 h, 5 > 4 et 2 < 3 : **gras**, _x_", "R&D, <3 h, 5 > 4 et 2 < 3 : **gras**, _x_"),
        (
            "[le site](https://a.fr/x_(y)) et [un mail](mailto:a@b.fr)",
            "[le site](https://a.fr/x_(y)) et [un mail](mailto:a@b.fr)",
        ),
        ("Voir [la page](/http/x) ou [b](ftp://c).", "Voir la page ou b."),
        ("anglais [B2](cadre européen)", "anglais [B2\\](cadre européen)"),
        ("1801 euros<br/>2100 euros", "1801 euros\n\n2100 euros"),
        ("- a <BR> b\n            - c", "- a b\n- c"),
        ("x\n            <p>\n            y\n            </p>\n            z", "x\n\ny\n\nz"),
    ],
)
def test_what_is_no_harm_stays_readable(text: str, kept: str) -> None:
    assert formation(text).value("Accès") == kept


@pytest.mark.parametrize(
    ("value", "link"),
    [
        ("https://a.fr/x)[a](javascript:alert(1))", "https://a.fr/x%29%5Ba%5D%28javascript:alert%281%29%29"),
        ('[x](https://a.fr/"onclick=<b>)', "https://a.fr/%22onclick=%3Cb%3E"),
        (
            "https://fr.wikipedia.org/wiki/Bac_(diplôme)?a=b&c=d#e",
            "https://fr.wikipedia.org/wiki/Bac_%28diplôme%29?a=b&c=d#e",
        ),
        ("[x](javascript:alert(1))", None),
    ],
)
def test_a_link_is_an_address_and_no_more(value: str, link: str | None) -> None:
    fiche = parse_formation(f"# bac x\n\n**Lien:** {value}\n", "x.md")
    assert fiche.link == link
    assert_harmless(f"[Page officielle]({fiche.link})" if link else "")


def test_what_was_imported_is_harmless(tmp_path: Path) -> None:
    folder = tmp_path / "fiches"
    folder.mkdir()
    for number, text in enumerate(HOSTILE):
        (folder / f"{number}.md").write_text(f"# bac {number}\n\n## Accès\n\n{text}\n", encoding="utf-8")
    url = f"sqlite:///{tmp_path}/catalogue.db"
    ingest(folder, url)
    formations = read_catalogue(connect(url)).formations.values()
    assert len(formations) == len(HOSTILE)
    for fiche in formations:
        assert_harmless(fiche.value("Accès") or "")


def test_labels_of_jobs_stay_to_the_letter() -> None:
    fiche = parse_formation("# bac x\n\n## Métiers associés\n\n- chef/fe <b> [a](/b)\n", "x.md")
    assert fiche.jobs == ("chef/fe <b> [a](/b)",)
