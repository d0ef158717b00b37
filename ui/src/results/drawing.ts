/**
 * What an SVG picture would cost to draw. A few hundred characters can ask for
 * a billion shapes, and the browser draws them all before it does anything else.
 */
import { fromBase64 } from "./download";

/** A picture of more characters is not read through. */
const MAX_TEXT = 1_000_000;
/** The browser draws as many shapes without anybody noticing. */
const MAX_SHAPES = 20_000;
/** Elements are inside one another, or point at one another, no deeper. */
const MAX_DEPTH = 300;

/** Elements whose cost is that of what they hold and point at. */
const PLAIN = new Set(
  (
    "svg g defs symbol use path rect circle ellipse line polyline polygon text tspan textPath title desc metadata " +
    "clipPath linearGradient radialGradient stop style a"
  ).split(" "),
);
/** What CSS can ask for beyond plain shapes; a backslash could hide any of it. */
const COSTLY_STYLE = /filter|mask|pattern|marker|shadow|animation|transition|url|@|\\/i;

/** Whether a picture is an SVG, and as such a program for the browser more than a picture. */
export function isSvg(url: string): boolean {
  return /^data:image\/svg/i.test(plainUrl(url.slice(0, url.indexOf(",") + 1)));
}

/** Why a picture may keep the browser busy for long; `undefined` for pictures that will not. */
export function heavyDrawing(url: string): string | undefined {
  if (!isSvg(url)) return undefined;
  if (url.length > MAX_TEXT) return "it is very large";
  const text = textOf(url);
  if (text === undefined) return "it cannot be read";
  const doc = new DOMParser().parseFromString(text, "image/svg+xml");
  const root = doc.documentElement;
  // What is no SVG is shown as a broken picture, which costs nothing.
  if (!root || doc.querySelector("parsererror")) return undefined;
  const all = [root, ...root.querySelectorAll("*")];
  const odd = all.find((one) => isDrawn(one) && !isPlain(one));
  if (odd) return `it has more than plain shapes in it (${odd.localName})`;
  return countShapes(root, all) > MAX_SHAPES ? "it repeats its shapes very often" : undefined;
}

/** The notes that drawing programs leave in a picture are no part of it. */
function isDrawn({ namespaceURI }: Element): boolean {
  return namespaceURI === null || namespaceURI === "http://www.w3.org/2000/svg" || namespaceURI === "http://www.w3.org/1999/xhtml";
}

function isPlain(one: Element): boolean {
  if (!PLAIN.has(one.localName)) return false;
  if (one.localName === "style" && COSTLY_STYLE.test(one.textContent ?? "")) return false;
  return [...one.attributes].every(({ localName, value }) => !/^(filter|mask|marker.*)$/.test(localName) && (localName !== "style" || !COSTLY_STYLE.test(value)));
}

/** How many shapes are drawn in the end: what is pointed at counts for each time. */
function countShapes(root: Element, all: readonly Element[]): number {
  const named = new Map(all.flatMap((one) => (one.id ? [[one.id, one] as const] : [])));
  const known = new Map<Element, number>();
  const costOf = (one: Element, depth: number): number => {
    const before = known.get(one);
    if (before !== undefined) return before;
    if (depth > MAX_DEPTH) return Infinity;
    // What points at itself is not drawn.
    known.set(one, 0);
    const pointed = [...one.attributes].flatMap(({ localName, value }) => pointedAt(localName, value)).flatMap((id) => named.get(id) ?? []);
    const cost = [...one.children, ...pointed].reduce((sum, next) => sum + costOf(next, depth + 1), 1);
    known.set(one, cost);
    return cost;
  };
  return costOf(root, 0);
}

function pointedAt(attribute: string, value: string): string[] {
  const whole = attribute === "href" && value.startsWith("#") ? [value.slice(1)] : [];
  return [...whole, ...Array.from(value.matchAll(/url\(\s*["']?#([^"')]+)["']?\s*\)/g), ([, id]) => id ?? "")];
}

/** The text of a picture; `undefined` where the browser might read another one. */
function textOf(url: string): string | undefined {
  const comma = url.indexOf(",");
  const head = plainUrl(url.slice(0, comma));
  const data = plainUrl(url.slice(comma + 1)).replace(/#.*$/, "");
  if (/;charset=(?!utf-8(;|$))/i.test(head)) return undefined;
  try {
    const text = /;\s*base64$/i.test(head) ? new TextDecoder("utf-8", { fatal: true }).decode(fromBase64(data)) : decodeURIComponent(data);
    const encoding = /^\s*<\?xml[^>]*encoding\s*=\s*["']([^"']*)/i.exec(text)?.[1] ?? "utf-8";
    return /^(utf-?8|us-ascii)$/i.test(encoding) && !/<!(ENTITY|ATTLIST)/i.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** An address as browsers read it: line breaks and tabs in it do not count. */
function plainUrl(text: string): string {
  return text.replace(/[\t\n\r]/g, "");
}
