// How the widget looks: light first, dark below; every pair of colours is WCAG AA. In a constructed style sheet, which
// no policy of the page forbids. Sizes are in em, since the page around may set the rem.

/** When the panel takes the whole window. */
export const NARROW = "(max-width: 34em), (max-height: 32em)";

export function sheet(text) {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
}

export const STYLE = `
:host {
  display: block;
  height: min(44em, 100vh);
}

/* The box of the element is none: whatever the page does to it has no effect. */
:host([launcher]) {
  display: contents !important;
}

.root {
  all: initial;
  --page: #f6f4ee;
  --surface: #ffffff;
  --line: #e2dfd5;
  --edge: #7c8a86;
  --text: #1c2a29;
  --muted: #54635f;
  --brand: #0b6b66;
  --brand-strong: #08524e;
  --on-brand: #ffffff;
  --tint: #e3f1ee;
  --alert: #fdeee4;
  --alert-text: #7a2f0e;
  display: block;
  height: 100%;
  color-scheme: light dark;
  color: var(--text);
  direction: ltr;
  font: clamp(16px, 1.0625rem, 24px) / 1.5 system-ui, sans-serif;
  -webkit-text-size-adjust: 100%;
}

@media (prefers-color-scheme: dark) {
  .root {
    --page: #101817;
    --surface: #1a2524;
    --line: #2b3937;
    --edge: #71827e;
    --text: #e8f0ee;
    --muted: #a5b5b1;
    --brand: #0f756f;
    --brand-strong: #7fd6cc;
    --tint: #1f3634;
    --alert: #35221a;
    --alert-text: #ffd3bd;
  }
}

:host([page]) .root {
  position: fixed;
  top: var(--top, 0);
  left: 0;
  width: 100%;
  height: var(--height, 100dvh);
  font-size: 1.0625rem;
}

*,
::before,
::after {
  box-sizing: border-box;
}

[hidden] {
  display: none !important;
}

.sr-only {
  position: absolute;
  width: 1px;
  height: 1px;
  padding: 0;
  border: 0;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

button,
.menu > * {
  min-width: 44px;
  min-height: 44px;
  margin: 0;
  padding: 0 0.75em;
  border: 1px solid var(--edge);
  border-radius: 1.375em;
  color: inherit;
  background: none;
  font: inherit;
  line-height: 1.3;
  text-align: start;
  cursor: pointer;
}

button[aria-disabled="true"] {
  opacity: 0.55;
  transition: opacity 0s 0.4s; /* a quick reply dims nothing */
}

:focus-visible {
  outline: 3px solid var(--brand-strong);
  outline-offset: 2px;
}

a {
  color: var(--brand-strong);
  font-weight: 600;
}

svg {
  display: block;
  width: 1.375em;
  height: 1.375em;
  flex: none;
  fill: none;
  stroke: currentcolor;
  stroke-width: 2;
  stroke-linecap: round;
  stroke-linejoin: round;
}

/* Button in the corner, and panel */

.launcher,
.panel {
  position: fixed;
  z-index: 2147483647;
  right: max(1.25em, env(safe-area-inset-right));
  bottom: max(1.25em, env(safe-area-inset-bottom));
}

.left > .launcher,
.left > .panel {
  right: auto;
  left: max(1.25em, env(safe-area-inset-left));
}

.launcher {
  display: flex;
  align-items: center;
  gap: 0.5em;
  min-height: 3.5em;
  padding: 0 1.25em 0 1em;
  border: 2px solid var(--on-brand);
  border-radius: 1.75em;
  color: var(--on-brand);
  background: var(--brand);
  box-shadow: 0 4px 16px rgb(0 0 0 / 30%);
  font-weight: 600;
}

.launcher:focus-visible {
  outline-color: #fff;
  box-shadow: 0 0 0 8px #000;
}

.panel {
  top: auto;
  left: auto;
  width: min(25em, 100vw - 2.5em);
  max-width: none;
  height: min(44em, 100dvh - 2.5em);
  max-height: none;
  margin: 0;
  padding: 0;
  border: 1px solid var(--edge);
  border-radius: 1em;
  color: inherit;
  box-shadow: 0 4px 16px rgb(0 0 0 / 30%);
  overflow: hidden;
}

@media ${NARROW} {
  .root > .panel {
    top: var(--top, 0);
    right: 0;
    left: 0;
    width: 100%;
    height: var(--height, 100dvh);
    border: 0;
    border-radius: 0;
  }
}

.app {
  display: flex;
  flex-direction: column;
  height: 100%;
  background: var(--page);
  container-type: size;
}

.scroller {
  position: relative;
  flex: 1;
  min-height: 0;
  overflow: hidden auto;
  overscroll-behavior: contain;
}

.column {
  max-width: 45em;
  margin: auto;
  padding: 0.625em max(1em, env(safe-area-inset-right)) max(0.625em, env(safe-area-inset-bottom))
    max(1em, env(safe-area-inset-left));
}

/* Header */

.header,
.composer {
  background: var(--surface);
  border: 0 solid var(--line);
  border-width: 1px 0 0;
}

.header {
  position: sticky;
  z-index: 1;
  top: 0;
  padding-top: env(safe-area-inset-top);
  border-width: 0 0 1px;
}

.header .column {
  position: relative;
  display: flex;
  align-items: center;
  gap: 0.625em;
  padding-bottom: 0.625em;
}

.mark {
  padding: 0.375em;
  border-radius: 0.75em;
  color: var(--on-brand);
  background: var(--brand);
  font-size: 1.25em;
}

p,
h1,
h2,
ul {
  margin: 0;
}

#title {
  flex: 1;
  min-width: 0;
}

h1,
h2 {
  font-size: 1.1875em;
  line-height: 1.25;
  overflow-wrap: anywhere;
}

.menu-button,
.menu > * {
  display: flex;
  align-items: center;
  gap: 0.5em;
  font-weight: 600;
}

.close {
  border: 0;
}

.menu {
  position: absolute;
  top: 100%;
  right: 1em;
  padding: 0.375em;
  border: 1px solid var(--edge);
  border-radius: 1em;
  background: var(--surface);
  box-shadow: 0 4px 16px rgb(0 0 0 / 30%);
}

.menu > * {
  width: 100%;
  border: 0;
}

/* Conversation */

.log {
  display: flex;
  flex-direction: column;
  gap: 0.75em;
  padding-block: 0.5em;
}

.message {
  display: flex;
  flex-direction: column;
  align-items: flex-start;
  gap: 0.625em;
  max-width: 92%;
}

.message.user {
  align-self: flex-end;
  align-items: flex-end;
}

.message:has(.table) {
  max-width: 100%;
}

.bubble,
.dots {
  max-width: 100%;
  padding: 0.75em 1em;
  border: 1px solid var(--line);
  border-radius: 1.25em 1.25em 1.25em 0.375em;
  background: var(--surface);
  overflow-wrap: anywhere;
}

.user .bubble {
  border-radius: 1.25em 1.25em 0.375em;
  color: var(--on-brand);
  background: var(--brand);
}

.message[data-failed] .bubble {
  border: 1px dashed var(--alert-text);
  color: inherit;
  background: none;
}

.bubble > * + * {
  margin: 0.625em 0 0;
}

:is(ul, ol) {
  padding-inline-start: 1.375em;
}

li + li {
  margin-top: 0.3125em;
}

.call {
  display: inline-block;
  min-width: 44px;
  border-radius: 1.375em;
  text-align: center;
}

.calls {
  max-width: none;
  margin-left: -1.375em;
}

.calls span {
  flex: 1 7em;
  line-height: 1.3;
}

.table {
  max-width: 100%;
  overflow-x: auto;
}

table {
  width: 100%;
  border-collapse: collapse;
  font-size: 0.9375em;
}

:is(th, td) {
  min-width: 7em;
  padding: 0.5em 0.625em;
  overflow-wrap: break-word;
  border: 1px solid var(--line);
  text-align: start;
  vertical-align: top;
}

th {
  background: var(--tint);
}

/* The first column names the rows: narrow, and in sight while the others scroll. */
tr > :first-child {
  position: sticky;
  left: 0;
  min-width: 0;
}

.of {
  display: none;
}

@container (max-width: 34em) {
  .table :is(table, thead, tbody, tr, th, td) {
    display: block;
    position: static;
  }

  .table table thead {
    position: absolute;
    width: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }

  .table tr + tr {
    margin-top: 0.625em;
  }

  .table .of {
    display: block;
    color: var(--muted);
    font-size: 0.875em;
  }
}

.calls,
.choices,
.rating,
.reasons,
.problem,
.answers {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.5em;
  max-width: 100%;
}

.choice {
  padding: 0.5em 1em;
  border: 1.5px solid var(--brand-strong);
  color: var(--brand-strong);
  background: var(--surface);
  overflow-wrap: anywhere;
}

.rating,
.divider,
.notice,
.toast,
.not-sent {
  color: var(--muted);
  font-size: 0.8125em;
}

.reasons > span,
.countdown {
  width: 100%;
}

[aria-pressed="true"]::before {
  content: "✓ ";
}

.divider,
.notice,
.toast {
  text-align: center;
}

.divider {
  padding-top: 0.75em;
  border-top: 1px solid var(--line);
}

.dots {
  display: inline-flex;
  gap: 0.3125em;
}

.dots i {
  border: 0.25em solid;
  border-radius: 50%;
}

/* Composer */

.composer .column {
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  gap: 0.5em;
}

.field {
  display: flex;
  align-items: flex-end;
  padding: 0.25em;
  border: 1.5px solid var(--edge);
  border-radius: 1.625em;
  background: var(--page);
}

.field:focus-within {
  outline: 3px solid var(--brand-strong);
}

textarea {
  flex: 1;
  min-width: 0;
  margin: 0;
  padding: 0.625em 0.875em;
  border: 0;
  color: inherit;
  background: none;
  max-height: 33cqh;
  font: inherit;
  resize: none;
}

textarea:focus-visible {
  outline: 0; /* the field around it shows the focus */
}

textarea::placeholder {
  color: var(--muted);
  opacity: 1;
}

.call,
.send {
  padding: 0.6875em;
  border: 0;
  color: var(--on-brand);
  background: var(--brand);
}

.toast:empty {
  display: none;
}

.problem {
  padding: 0.75em 1em;
  border: 1px solid;
  border-radius: 1em;
  font-size: 0.9375em;
}

.problem,
.not-sent,
.erase-for-good {
  color: var(--alert-text);
  background: var(--alert);
}

.problem p {
  width: 100%;
}

.problem button {
  border-color: currentcolor;
}

.confirm {
  max-width: min(26em, 100vw - 2em);
  padding: 1.25em;
  border: 1px solid var(--edge);
  border-radius: 1em;
  color: inherit;
  background: var(--surface);
}

.confirm::backdrop {
  background: rgb(0 0 0 / 50%);
}

.answers {
  justify-content: flex-end;
}

.confirm > * + * {
  margin-top: 0.75em;
}

/* Room, motion, paper */

@container (max-width: 26em) {
  .menu-button span {
    display: none;
  }
}

/* Little height (a phone on its side, a strong zoom): the header scrolls away, the input stays. */
@container (max-height: 27em) {
  .header {
    position: static;
  }
}

@media (hover: hover) {
  button:hover {
    text-decoration: underline;
  }
}

@media (prefers-reduced-motion: no-preference) {
  .scroller {
    scroll-behavior: smooth;
  }

  .dots {
    animation: wait 0.6s infinite alternate;
  }
}

@keyframes wait {
  to {
    opacity: 0.3;
  }
}

.paper {
  display: none;
}

@media print {
  .app,
  .launcher,
  .panel {
    display: none !important;
  }

  :host .root,
  :host([page]) .root {
    position: static;
    height: auto;
    color: #000;
    color-scheme: light;
    font-size: 11pt;
  }

  .paper {
    display: block;
  }

  .root .paper :is(.message, .bubble) {
    display: block;
    max-width: none;
    margin-top: 0.5em;
    border: 0;
    break-inside: avoid;
  }

  .root .paper :is(.message, .bubble, .call) {
    padding: 0;
    color: inherit;
    background: none;
  }

  .paper .user {
    break-after: avoid;
  }

  .paper .message > .sr-only {
    position: static;
    clip-path: none;
    font-weight: 700;
  }

  .paper a[target]::after {
    content: " " attr(href);
  }
}
`;
