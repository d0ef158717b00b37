/** Drawings as files: what style sheets say is written into the drawing itself. */
import type { DownloadFile } from "../download";

/** Pictures have this many pixels for one of the drawing. */
const FINENESS = 2;
const STYLES = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "font-family", "font-size", "font-weight", "font-style", "text-anchor", "dominant-baseline", "visibility", "display"];

/** A drawing as an SVG file that looks the same everywhere. */
export function drawingSvg(svg: SVGSVGElement, name: string): Promise<DownloadFile> {
  return Promise.resolve({ name: `${name}.svg`, mime: "image/svg+xml", parts: [standalone(svg)] });
}

/** A drawing as a picture of twice its size. */
export async function drawingPng(svg: SVGSVGElement, name: string): Promise<DownloadFile> {
  const image = new Image();
  const loaded = new Promise((resolve, reject) => {
    image.addEventListener("load", resolve, { once: true });
    image.addEventListener("error", () => reject(new Error("this browser could not draw the picture")), { once: true });
  });
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standalone(svg))}`;
  await loaded;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(svg.width.baseVal.value * FINENESS);
  canvas.height = Math.round(svg.height.baseVal.value * FINENESS);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (!blob) throw new Error("this browser could not make a PNG of the drawing");
  return { name: `${name}.png`, mime: "image/png", parts: [blob] };
}

/** The text of a drawing that needs no style sheet, on the background it has here. */
function standalone(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = svg.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((element, index) => {
    const original = originals[index];
    if (original) writeStyle(original, element);
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ width: "100%", height: "100%", fill: backgroundOf(svg) })) ground.setAttribute(name, value);
  copy.prepend(ground);
  return new XMLSerializer().serializeToString(copy);
}

/** As attributes: the page's policy forbids `style` in markup, and a file would lose it. */
function writeStyle(original: Element, copy: Element): void {
  const style = getComputedStyle(original);
  for (const name of STYLES) {
    const value = style.getPropertyValue(name);
    if (value !== "") copy.setAttribute(name, value);
  }
  copy.removeAttribute("class");
  copy.removeAttribute("style");
}

function backgroundOf(element: Element): string {
  for (let at: Element | null = element; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (colour !== "" && colour !== "transparent" && !/^rgba\(.*, 0\)$/.test(colour)) return colour;
  }
  return "white";
}
