import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { heavyDrawing, isSvg } from "./drawing";
import { ImageView } from "./ImageView";

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">`;

test.each([
  ["plain shapes", `${SVG}<g><rect width="1" height="1"/><text>a &amp; b</text></g></svg>`],
  ["shapes that are used a few times", `${SVG}<defs><path id="a" d="M0 0"/></defs><use xlink:href="#a"/><use href="#a"/></svg>`],
  ["colours and clips", `${SVG}<clipPath id="c"><rect/></clipPath><linearGradient id="l"><stop/></linearGradient><rect fill="url(#l)" clip-path="url(#c)" style="fill: red"/></svg>`],
  ["a loop, which is not drawn", `${SVG}<g id="a"><use href="#a"/></g></svg>`],
])("a drawing of %s is shown at once", (_, text) => {
  expect(heavyDrawing(asText(text))).toBeUndefined();
  expect(heavyDrawing(asBase64(text))).toBeUndefined();
});

const bomb = (pointer: (id: string) => string) =>
  `${SVG}<defs><g id="a0"><rect/></g>${Array.from({ length: 14 }, (_, i) => `<g id="a${i + 1}">${pointer(`a${i}`).repeat(10)}</g>`).join("")}</defs>${pointer("a14")}</svg>`;

test.each([
  ["uses that double again and again", bomb((id) => `<use href="#${id}"/>`)],
  ["the same by another name", bomb((id) => `<use xlink:href="#${id}"/>`)],
  ["clips of clips", `${SVG}${Array.from({ length: 16 }, (_, i) => `<clipPath id="c${i + 1}">${`<rect clip-path="url(#c${i})"/>`.repeat(4)}</clipPath>`).join("")}<rect clip-path="url(#c16)"/></svg>`],
  ["a filter", `${SVG}<filter id="f"><feTurbulence/></filter><rect filter="url(#f)"/></svg>`],
  ["a filter that only CSS names", `${SVG}<rect style="fil\\74er: blur(900px)"/></svg>`],
  ["a style with a picture", `${SVG}<style>rect { fill: url(data:image/svg+xml,x) }</style><rect/></svg>`],
  ["a picture in the picture", `${SVG}<image href="data:image/svg+xml,x"/></svg>`],
  ["a page in the picture", `${SVG}<foreignObject><div xmlns="http://www.w3.org/1999/xhtml"/></foreignObject></svg>`],
  ["entities", `<!DOCTYPE svg [<!ENTITY a "aaaa">]>${SVG}<text>&a;</text></svg>`],
  ["another encoding", `<?xml version="1.0" encoding="utf-7"?>${SVG}</svg>`],
  ["very much text", `${SVG}<path d="${"M0 0".repeat(300_000)}"/></svg>`],
  ["very deep groups", `${SVG}${"<g>".repeat(400)}${"</g>".repeat(400)}</svg>`],
])("a drawing with %s is shown only when asked for", (_, text) => {
  expect(heavyDrawing(asText(text))).toBeDefined();
  expect(heavyDrawing(asBase64(text))).toBeDefined();
});

test("breaks in an address hide nothing, nor does an encoding", () => {
  const heavy = `${SVG}<image/></svg>`;
  expect(isSvg("data:image/s\tvg+xml,x")).toBe(true);
  expect(heavyDrawing(asText(heavy).replace("svg+xml", "sv\ng+xml"))).toBeDefined();
  expect(heavyDrawing(asText(heavy).replace("image%2F%3E", "ima\tge%2F%3E"))).toBeDefined();
  expect(heavyDrawing(`data:image/svg+xml;charset=utf-16,${encodeURIComponent(`${SVG}</svg>`)}`)).toBeDefined();
  expect(heavyDrawing("data:image/png;base64,AA==")).toBeUndefined();
});

test("a heavy drawing is not in the page before somebody asks for it", async () => {
  render(<ImageView url={asText(bomb((id) => `<use href="#${id}"/>`))} name="v" />);
  expect(screen.queryByRole("img")).toBeNull();
  expect(screen.getByText(/repeats its shapes very often/)).toBeDefined();
  await userEvent.click(screen.getByRole("button", { name: "Show it all the same" }));
  expect(screen.getByRole("img", { name: "Output v" })).toBeDefined();
});

function asText(svg: string): string {
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

function asBase64(svg: string): string {
  return `data:image/svg+xml;base64,${btoa(svg)}`;
}
