// One colour of the webmaster's, turned into colours that can be read: WCAG 2.2 contrast, in light and dark.

const READABLE = 4.5;
const BLACK = [0, 0, 0];
const WHITE = [255, 255, 255];
const DARK = [26, 37, 36]; // --surface of style.js

/** The style of a brand colour, "#rrggbb"; without one, or with anything else, none. */
export function colourStyle(hex) {
  if (!/^#[\da-f]{6}$/i.test(hex)) return "";
  const brand = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  const onBrand = contrast(brand, WHITE) >= contrast(brand, BLACK) ? WHITE : BLACK;
  const rule = (surface, extreme) => {
    const tint = mix(surface, brand, 0.12);
    let strong = brand;
    // Towards black or white until it can be read on the less favourable ground.
    const readable = () => contrast(strong, tint) >= READABLE && contrast(strong, surface) >= READABLE;
    for (let share = 0; share <= 1 && !readable(); share += 0.05) strong = mix(brand, extreme, share);
    return `.root{--brand:${css(brand)};--on-brand:${css(onBrand)};--brand-strong:${css(strong)};--tint:${css(tint)}}`;
  };
  return `${rule(WHITE, BLACK)} @media (prefers-color-scheme: dark) {${rule(DARK, WHITE)}}`;
}

function css(colour) {
  return `rgb(${colour.map(Math.round)})`;
}

function mix(from, to, share) {
  return from.map((part, i) => part + (to[i] - part) * share);
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Relative luminance of sRGB, as WCAG 2.2 defines it. */
function luminance(colour) {
  const [r, g, b] = colour.map((part) => (part > 10 ? ((part / 255 + 0.055) / 1.055) ** 2.4 : part / 3294.6));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
