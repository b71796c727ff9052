"""Scripts and links hidden in messages, addresses and fiches: none runs, none can be followed.

On a page without any policy, and with the browser's own check switched off: what protects is the widget alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from chat import OpenPage, ask, greeting
from live_server import LiveServer
from playwright.sync_api import Page, expect
from site_of_school import Site

RUN = "window.pwned=1"
MARKUP = [
    f"<script>{RUN}</script>",
    f"<SCRIPT SRC=data:,{RUN}></SCRIPT>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"<img src=x onerror={RUN}>",
    f"<img src=x onerror='{RUN}'//",
    f'"><img src=x onerror={RUN}>',
    f"'><svg/onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<svg><set attributeName=href to=javascript:{RUN}>",
    f"<svg><use href='data:image/svg+xml,<svg onload={RUN}>'></svg>",
    f"<math><mtext><img src=x onerror={RUN}></math>",
    f"<math href=javascript:{RUN}>x</math>",
    f"<iframe src=javascript:{RUN}></iframe>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"<object data=javascript:{RUN}></object>",
    f"<embed src=javascript:{RUN}>",
    f"<video><source onerror={RUN}></video>",
    f"<audio src=x onerror={RUN}>",
    f"<body onload={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<textarea autofocus onfocus={RUN}></textarea>",
    f"<select autofocus onfocus={RUN}></select>",
    f"<details open ontoggle={RUN}>x</details>",
    f"<marquee onstart={RUN}>x</marquee>",
    f"<a href=javascript:{RUN}>x</a>",
    f"<form action=javascript:{RUN}><button>x</button></form>",
    f"<button formaction=javascript:{RUN}>x</button>",
    f"<base href=javascript:{RUN}//>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    f"<link rel=stylesheet href=data:text/css,x onload={RUN}>",
    f"<style>@import 'data:,x'</style><style onload={RUN}>x</style>",
    f"<template><script>{RUN}</script></template>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
    f"<!--><img src=x onerror={RUN}>-->",
    f"<![CDATA[<img src=x onerror={RUN}>]]>",
    f"&lt;img src=x onerror={RUN}&gt;",
    f"\\<img src=x onerror={RUN}\\>",
    f"\uff1cscript\uff1e{RUN}\uff1c/script\uff1e",
    f"<jalon-chat onclick={RUN}></jalon-chat>",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"${{{RUN}}}",
    f"{{% raw %}}<img src=x onerror={RUN}>{{% endraw %}}",
    "{{ 7 * 7 }}{{ self.__init__.__globals__ }}",
    f"*/{RUN}/*",
    "\u202e<b>x</b>\u202c",
]
ADDRESSES = [
    f"javascript:{RUN}",
    f"JaVaScRiPt:{RUN}",
    f"javascript://example.org/%0a{RUN}",
    f"javascript&colon;{RUN}",
    f"&#106;avascript:{RUN}",
    f"%6aavascript:{RUN}",
    f"\\javascript:{RUN}",
    f"javascript\u00a0:{RUN}",
    f"vbscript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    f"data:text/html;base64,PHNjcmlwdD4=#{RUN}",
    f"blob:https://example.org/{RUN}",
    "file:///etc/passwd",
    "//example.org/x",
    "/chat/session",
    "\\\\example.org\\x",
    f"https:javascript:{RUN}",
    f"http:\\\\javascript:{RUN}",
    f'https://example.org/"onclick="{RUN}',
    f"https://example.org/'onmouseover='{RUN}",
    f"https://example.org/><script>{RUN}</script>",
    "https://",
    "https://[::",
    "intent://x#Intent;end",
    "tel:3",
    "tel:12345678901",
    "tel:*#06#",
    "tel:112;ext=15",
    "tel://112",
    "TEL:112",
    "sms:114",
]
FORMS = [
    "[x]({})",
    "[**x**]({})",
    "**[x]({})**",
    "![x]({})",
    "[x]( {} )",
    "<{}>",
    "[x][1]\\n[1]: {}",
    "| [x]({}) | y |",
]
PAYLOADS = MARKUP + [form.format(address) for address in ADDRESSES for form in FORMS]
# A file of its own for some of them: in titles, links, values, texts, tables and jobs.
IN_FICHES = MARKUP[::2] + PAYLOADS[len(MARKUP) :: 8]
FICHE = """# bac pro essai{number} {payload}

## Informations générales

**Durée:** {payload}
**Niveau de certification:** {payload}
**Sigle:** {payload}
**Type:** {payload}
**Lien:** {link}

## Description

{payload}

- {payload}

| a | {payload} |
|---|---|
| {payload} | b |

## Accès

**{payload}** et *{payload}*

## Métiers associés

- {payload} {number}
"""

LENGTH = 40  # messages a conversation
SEND = """async (texts) => {
  const root = document.querySelector('jalon-chat').shadowRoot;
  const [input, form, send] = ['textarea', 'form', '.send'].map((name) => root.querySelector(name));
  for (const text of texts) {
    const before = root.querySelectorAll('.message').length;
    input.value = text;
    form.requestSubmit();
    while (root.querySelectorAll('.message').length < before + 2 || send.getAttribute('aria-disabled') !== 'false') {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}"""

AUDIT = """() => {
  const root = document.querySelector('jalon-chat').shadowRoot;
  const tags = new Set(`a br button div em form h1 h2 header i li ol p path span strong svg table tbody td textarea
    th thead tr ul dialog`.split(/\\s+/));
  const names = new Set(`aria-controls aria-describedby aria-disabled aria-expanded aria-haspopup aria-hidden aria-label
    aria-labelledby aria-live aria-pressed autocomplete class d data-given data-outcome enterkeyhint hidden href id lang
    maxlength open placeholder rel role rows style tabindex target type viewBox`.split(/\\s+/));
  const wrong = [];
  for (const node of root.querySelectorAll('*')) {
    if (!tags.has(node.localName)) wrong.push(`<${node.localName}>`);
    for (const { name } of node.attributes) if (!names.has(name)) wrong.push(`${node.localName} ${name}`);
    if (node.hasAttribute('style') && !node.matches('.root')) wrong.push(`${node.localName} style`);
    if (node.localName !== 'a') continue;
    if (/^tel:\\d{2,10}$/.test(node.href) && !node.target) continue;
    const apart = node.target === '_blank' && node.rel === 'noopener noreferrer';
    if (!apart || !['http:', 'https:'].includes(node.protocol)) wrong.push(node.outerHTML);
  }
  return [wrong, root.querySelectorAll('.message').length, root.querySelectorAll('.log a').length];
}"""


def embed(server: LiveServer) -> str:
    return f'<script type="module" src="{server.url}/chat/widget.js"></script><jalon-chat></jalon-chat>'


def check(page: Page, least: int) -> int:
    """Nothing ran and nothing unsafe was made of `least` messages; how many links there are."""
    wrong, messages, links = page.evaluate(AUDIT)
    assert wrong == []
    assert messages >= least
    assert page.evaluate("window.pwned") is None
    return int(links)


def click_everything(page: Page) -> None:
    """Press on every text and link of the log, going nowhere: handlers of events would run."""
    page.evaluate(
        """() => {
          const log = document.querySelector('jalon-chat').shadowRoot.querySelector('.log');
          log.addEventListener('click', (event) => event.preventDefault());
          for (const node of log.querySelectorAll('.bubble, .bubble *')) {
            for (const type of ['mouseover', 'focus', 'click', 'toggle', 'load', 'error']) {
              node.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true, composed: true }));
            }
          }
        }"""
    )


def test_there_are_enough_payloads() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 200
    assert all(len(text) <= 400 for text in PAYLOADS)


def say_all(page: Page, texts: list[str]) -> int:
    """Say all, in conversations of some length; how many were answered from a fiche."""
    answered = 0
    greeting(page)  # a session that is asked for while the page is loaded again fails
    for at in range(0, len(texts), LENGTH):
        some = texts[at : at + LENGTH]
        page.evaluate("sessionStorage.clear()")
        page.reload()
        greeting(page)
        page.evaluate(SEND, some)
        check(page, 2 * len(some))
        click_everything(page)
        check(page, 2 * len(some))
        answered += page.locator(".message.bot[data-outcome=answered]").count()
        # What was kept is shown again from sessionStorage.
        page.reload()
        expect(page.locator(".message.user").nth(len(some) - 1)).to_be_attached()
        check(page, 2 * len(some))
    return answered


def test_messages(open_page: OpenPage, server: LiveServer, school: Site) -> None:
    """Each payload as a pupil's message, in words that the bot repeats."""
    page = open_page(url=school.page("/", embed(server)), bypass_csp=True)
    say_all(page, [f"combien de temps dure le bac pro zorglub {payload} ?" for payload in PAYLOADS])


@pytest.mark.parametrize("payload", MARKUP[:4] + PAYLOADS[-4:])
def test_addresses(payload: str, open_page: OpenPage) -> None:
    page = open_page(url=f"/chat/?q={quote(payload)}", bypass_csp=True)
    expect(page.locator(".message.user .bubble")).to_have_text(" ".join(payload.split()))
    check(page, 2)


def test_addresses_with_other_parts(open_page: OpenPage) -> None:
    page = open_page(url=f"/chat/?x=<img src=x onerror={RUN}>&q=merci#<img src=x onerror={RUN}>", bypass_csp=True)
    expect(page.locator(".message.bot").last).to_have_attribute("data-outcome", "smalltalk")
    check(page, 3)


def test_attributes_and_replies(open_page: OpenPage, server: LiveServer, school: Site) -> None:
    """A title of the webmaster's, and a reply of the server, that hold markup."""
    attributes = f"data-title='<img src=x onerror={RUN}>' data-color='#ffffff;x:url(x)' data-lang='<b>'"
    body = embed(server).replace("<jalon-chat>", f"<jalon-chat {attributes}>")
    page = open_page(url=school.page("/", body), bypass_csp=True)
    greeting(page)

    def answer(payload: str) -> dict[str, Any]:
        fiche = {"id": "x", "title": payload, "url": payload}
        said = {"outcome": "answered", "facets": [], "fiches": [fiche], "jobs": [payload], "sources": [{"fiche": "x"}]}
        return {"id": payload, "text": payload, "choices": [{"id": payload, "title": payload}], "answer": said}

    page.route("**/chat/message", lambda route: route.fulfill(json={"messages": [answer(p) for p in PAYLOADS]}))
    ask(page, "bonjour")
    links = check(page, len(PAYLOADS))
    # The only ones are the https addresses, and their quotes and brackets are part of the address.
    assert 0 < links < len(PAYLOADS) / 2
    click_everything(page)
    check(page, len(PAYLOADS))


@pytest.fixture(scope="module")
def hostile_server(model: Path, school: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server whose catalogue is all payloads."""
    folder = tmp_path_factory.mktemp("hostile")
    seeds = folder / "fiches"
    seeds.mkdir()
    for number, payload in enumerate(IN_FICHES):
        link = f"[{payload}]({ADDRESSES[number % len(ADDRESSES)]})"
        text = FICHE.format(number=number, payload=payload.replace("\n", " "), link=link)
        (seeds / f"{number}.md").write_text(text, encoding="utf-8")
    server = LiveServer(folder, seeds)
    server.environment["JALON_ORIGINS"] = school.origin
    server.start()
    yield server
    server.stop()
    assert "Traceback" not in server.logged(), server.logged()[-3000:]


def test_fiches(open_page: OpenPage, hosts: set[str], hostile_server: LiveServer, school: Site) -> None:
    """Title, link, values, texts, tables and jobs of a fiche, in answers, lists, choices and comparisons."""
    hosts.add(urlsplit(hostile_server.url).netloc)
    page = open_page(url=school.page("/", embed(hostile_server)), bypass_csp=True)
    asked = []
    for number in range(len(IN_FICHES)):
        asked += [f"c'est quoi le bac pro essai{number} ?", "la durée, le niveau, le sigle et l'accès ?"]
        asked += ["quels métiers après ?", "quelle est la page officielle ?"]
    asked += [f"compare le bac pro essai{n} et le bac pro essai{n + 1}" for n in range(0, len(IN_FICHES) - 1, 6)]
    assert say_all(page, asked) > len(asked) / 2, "the fiches were hardly shown"
