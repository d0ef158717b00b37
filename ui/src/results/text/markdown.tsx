/** Turns Markdown into elements of the page, one by one: no markup of the text ever becomes any. */
import MarkdownIt, { type Token } from "markdown-it";
import { createElement, Fragment, type ReactNode } from "react";

import { CodeBlock } from "./CodeBlock";

/** A text with more characters than this is not laid out. */
const MAX_TEXT = 400_000;
/** Nor is one with more pieces than this. */
const MAX_PIECES = 20_000;

const parser = new MarkdownIt({ html: false, linkify: false });
// A page that shows the links to `javascript:` and the like as text would be odd to read: `safeLink` drops what leads nowhere.
parser.validateLink = () => true;

/** A Markdown text as elements; `undefined` where it is so large that laying it out would keep the page busy. */
export function markdownElements(text: string): ReactNode | undefined {
  if (text.length > MAX_TEXT) return undefined;
  const tokens = parser.parse(withoutFrontmatter(text), {});
  const nPieces = tokens.reduce((sum, { children }) => sum + 1 + (children?.length ?? 0), 0);
  return nPieces > MAX_PIECES ? undefined : elements(tokens);
}

/** Links lead to the web or by mail, never into scripts. */
export function safeLink(href: string): string | undefined {
  return /^(https?:|mailto:)/i.test(href.trim()) ? href.trim() : undefined;
}

/** What the parser opens and closes by tokens becomes elements inside one another. */
function elements(tokens: readonly Token[]): ReactNode {
  const root: ReactNode[] = [];
  const open: { token: Token; inner: ReactNode[] }[] = [];
  for (const [at, token] of tokens.entries()) {
    // The paragraphs of a list without gaps are none to the reader.
    if (token.hidden) continue;
    if (token.nesting > 0) {
      open.push({ token, inner: [] });
      continue;
    }
    const closed = token.nesting < 0 ? open.pop() : undefined;
    const made = closed ? element(closed.token, closed.inner) : leaf(token, isFirstOfItem(tokens, at));
    (open.at(-1)?.inner ?? root).push(made);
  }
  return createElement(Fragment, null, ...root);
}

/** The elements of a document that hold others. */
const PLAIN = new Set(["p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "li", "table", "thead", "tbody", "tr", "td", "strong", "em"]);

function element(token: Token, inner: readonly ReactNode[]): ReactNode {
  const { tag } = token;
  if (PLAIN.has(tag)) return createElement(tag, null, ...inner);
  switch (tag) {
    case "ol":
      return createElement("ol", { start: Number(token.attrGet("start") ?? 1) }, ...inner);
    case "th":
      return createElement("th", { scope: "col" }, ...inner);
    case "s":
      return createElement("del", null, ...inner);
    case "a": {
      const href = safeLink(String(token.attrGet("href") ?? ""));
      return href
        ? createElement("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, ...inner)
        : createElement(Fragment, null, ...inner);
    }
    default:
      return createElement(Fragment, null, ...inner);
  }
}

function leaf(token: Token, firstOfItem: boolean): ReactNode {
  switch (token.type) {
    case "inline": {
      const [, box, rest] = (firstOfItem && /^\[([ xX])\]\s+(.*)$/s.exec(token.children?.[0]?.content ?? "")) || [];
      if (box === undefined || !token.children) return elements(token.children ?? []);
      return (
        <>
          {box === " " ? "☐ " : "☑ "}
          {rest}
          {elements(token.children.slice(1))}
        </>
      );
    }
    case "code_inline":
      return <code>{token.content}</code>;
    case "code_block":
    case "fence":
      return <CodeBlock text={token.content.replace(/\n$/, "")} />;
    case "hr":
      return <hr />;
    case "hardbreak":
      return <br />;
    case "softbreak":
      return "\n";
    case "image": {
      const src = String(token.attrGet("src") ?? "");
      // Pictures from elsewhere would tell somebody that this was read.
      return /^data:image\/(png|jpeg|gif|webp)[;,]/.test(src) ? <img src={src} alt={token.content} /> : `[${token.content}]`;
    }
    default:
      return token.content;
  }
}

/** Whether an inline token is the first of an item of a list, where a box to tick may stand. */
function isFirstOfItem(tokens: readonly Token[], at: number): boolean {
  return tokens[at]?.type === "inline" && tokens[at - 1]?.type === "paragraph_open" && tokens[at - 2]?.type === "list_item_open";
}

function withoutFrontmatter(text: string): string {
  return text.replace(/^---\r?\n[\s\S]*?\r?\n---\r?\n/, "");
}
