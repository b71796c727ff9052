"""The modules of the widget: joined into one, small, with all French in one place, and no HTML string anywhere."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from bot.channel.bundle import join_modules
from bot.settings import ROOT

WIDGET = ROOT / "bot" / "widget"
MODULES = sorted(path.name for path in WIDGET.glob("*.js"))
# All that /chat/ loads, compressed; an embedding page loads the script alone.
MOST_BYTES = 15_000
LOADED_BESIDES = ("index.html", "icon.svg")
HTML_STRINGS = (
    "innerHTML", "outerHTML", "insertAdjacentHTML", "setHTML", "document.write", "createContextualFragment",
    "DOMParser", "srcdoc", "eval(", "new Function", "javascript:",
)  # fmt: skip


def write(folder: Path, **modules: str) -> Path:
    """Modules by name; the path of the one called `entry`."""
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return folder / "entry.js"


def test_modules_are_joined_after_what_they_import(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        entry='// The way in.\nimport { b } from "./b.js";\nimport {\n  a,\n  c,\n} from "./a.js";\n\nb(a + c);\n',
        a="/**\n * One.\n */\nexport const a = 1;\nexport const c = `\n  two\n`;\n",
        b='import { a } from "./a.js";\n\nexport async function b() {\n  // Three.\n  return a; // here\n}\n',
    )
    assert join_modules(entry) == ("const a=1;const c=`\ntwo\n`;\nasync function b(){\nreturn a;\n}\nb(a + c);")


def test_joining_drops_what_means_nothing_and_nothing_else(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        entry="""\
const [a, b] = ["x = { y }, // z: ", `/* ${a ? b : c} */`]; // one; {
/**
 * Two {
 */
if (a => b && c <= 1 ? /^ (?=[ :;])[, /]=> {/ : -a / -b) {

  // "three
  d += { e: 4 };
}
const css = `
.f > .g, .h :is(i) { /* five; */
  width: calc(1em + 2em - 3em);
  content: "; " attr(href) " {";
}
`;
""",
    )
    assert join_modules(entry) == (
        'const [a,b]=["x = { y }, // z: ",`/* ${a ? b : c} */`];\n'
        "if (a=>b&&c<=1?/^ (?=[ :;])[, /]=> {/:-a / -b){\n"
        "d+={e:4}}\n"
        "const css=`\n"
        ".f>.g,.h :is(i){\n"
        'width:calc(1em + 2em - 3em);content:"; " attr(href) " {"}\n'
        "`;"
    )


def test_private_names_are_shortened(tmp_path: Path) -> None:
    """Alike wherever they stand in a module, and not what only looks like one."""
    text = """\
export class A {
  #first = "#first";
  get #second() {
    return this.#first + other.#second?.#third;
  }
  async #third() {}
}
const css = `
#first {
  color: #second;
}
`;
"""
    assert join_modules(write(tmp_path, entry=text)) == (
        'class A{\n#a="#first";get #b(){\nreturn this.#a + other.#b?.#c}\nasync #c(){}\n}\n'
        "const css=`\n#first{\ncolor:#second}\n`;"
    )


@pytest.mark.parametrize("name", MODULES)
def test_strings_and_patterns_are_joined_to_the_letter(name: str) -> None:
    text = (WIDGET / name).read_text(encoding="utf-8")
    code = re.sub(r"^ *//.*|^ */\*[\s\S]*?\*/$", "", text, flags=re.MULTILINE)
    literals = re.findall(r'"[^"\n]*"|(?:(?<= = )|(?<=^  ))/.+/[a-z]*|(?<=\()/.+?/[a-z]*(?=[,.])', code, re.MULTILINE)
    joined = join_modules(WIDGET / "widget.js")
    assert [literal for literal in literals if literal not in joined and "./" not in literal] == []


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("export default 1;\n", "cannot join"),
        ("export { a };\n", "cannot join"),
        ('import a from "https://example.org/a.js";\n', "cannot join"),
        ('import { a } from "./a.js";\nconst a = 2;\n', "a is defined in a.js too"),
        ('import { e } from "./back.js";\n', "imports itself"),
    ],
)
def test_what_cannot_be_joined_is_refused(entry: str, told: str, tmp_path: Path) -> None:
    path = write(tmp_path, entry=entry, a="export const a = 1;\n", back='import { x } from "./entry.js";\n')
    with pytest.raises(ValueError, match=told):
        join_modules(path)


def test_every_module_is_in_the_widget() -> None:
    joined = join_modules(WIDGET / "widget.js")
    for name in MODULES:
        defined = re.findall(r"^export \w+ \w+", (WIDGET / name).read_text(encoding="utf-8"), re.MULTILINE)
        assert all(words.removeprefix("export ") in joined for words in defined), name


def test_widget_is_small() -> None:
    texts = [join_modules(WIDGET / "widget.js").encode(), *((WIDGET / name).read_bytes() for name in LOADED_BESIDES)]
    assert sum(len(gzip.compress(text)) for text in texts) <= MOST_BYTES


@pytest.mark.parametrize("name", MODULES)
def test_no_html_string_is_ever_made(name: str) -> None:
    text = (WIDGET / name).read_text(encoding="utf-8")
    assert [call for call in HTML_STRINGS if call in text] == []


@pytest.mark.parametrize("name", sorted(set(MODULES) - {"strings.fr.js"}))
def test_french_is_in_one_place(name: str) -> None:
    """No letter with an accent stands outside comments."""
    code = re.sub(r"/\*.*?\*/", "", (WIDGET / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert re.findall(r".*[à-öø-ÿÀ-Ö].*", re.sub(r"//.*", "", code)) == []


def test_pages_hold_no_script_and_no_style() -> None:
    for path in WIDGET.glob("*.html"):
        text = path.read_text(encoding="utf-8").replace('<script type="module" src="widget.js"></script>', "")
        assert not re.search(r"<style|<script|\s(?:style|on\w+)=", text), path
