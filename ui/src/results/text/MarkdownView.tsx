import { lexer, type Token, type Tokens } from "marked";
import { createElement, Fragment, type ReactNode, useMemo } from "react";

import { CodeBlock } from "./CodeBlock";
import styles from "./TextView.module.css";

/** Markdown as people read it. It becomes elements of the page one by one: no markup of the text ever does. */
export function MarkdownView({ text, label = "Document" }: { text: string; label?: string }) {
  const tokens = useMemo(() => lexer(withoutFrontmatter(text)), [text]);
  return (
    // A scrolling region must be reachable with the keyboard.
    <div className={styles.prose} role="group" aria-label={label} tabIndex={0}>
      {blocks(tokens)}
    </div>
  );
}

/** Links lead to the web or by mail, never into scripts. */
export function safeLink(href: string): string | undefined {
  return /^(https?:|mailto:)/i.test(href.trim()) ? href.trim() : undefined;
}

function blocks(tokens: readonly Token[]): ReactNode {
  return tokens.map((token, at) => (
    // oxlint-disable-next-line react/no-array-index-key -- pieces of a text have no other identity
    <Fragment key={at}>{block(token as Tokens.Generic)}</Fragment>
  ));
}

function block(token: Tokens.Generic): ReactNode {
  switch (token.type) {
    case "heading":
      return createElement(`h${Math.min(token["depth"] as number, 6)}`, null, inline(token.tokens));
    case "paragraph":
      return <p>{inline(token.tokens)}</p>;
    case "code":
      return <CodeBlock text={token["text"] as string} />;
    case "blockquote":
      return <blockquote>{blocks(token.tokens ?? [])}</blockquote>;
    case "list":
      return list(token as Tokens.List);
    case "table":
      return table(token as Tokens.Table);
    case "hr":
      return <hr />;
    case "text":
      return token.tokens ? inline(token.tokens) : (token["text"] as string);
    case "space":
    case "def":
      return null;
    default:
      // What is HTML in the text is shown as text.
      return <p>{token.raw}</p>;
  }
}

function list({ ordered, start, items }: Tokens.List): ReactNode {
  const entries = items.map(({ tokens, task, checked }, at) => (
    // oxlint-disable-next-line react/no-array-index-key -- pieces of a text have no other identity
    <li key={at}>
      {task && (checked ? "☑ " : "☐ ")}
      {blocks(tokens.filter(({ type }) => type !== "checkbox"))}
    </li>
  ));
  return ordered ? <ol start={start || 1}>{entries}</ol> : <ul>{entries}</ul>;
}

function table({ header, rows }: Tokens.Table): ReactNode {
  /* oxlint-disable react/no-array-index-key -- pieces of a text have no other identity */
  return (
    <table>
      <thead>
        <tr>
          {header.map(({ tokens }, at) => (
            <th key={at} scope="col">{inline(tokens)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, line) => (
          <tr key={line}>
            {row.map(({ tokens }, at) => (
              <td key={at}>{inline(tokens)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
  /* oxlint-enable react/no-array-index-key */
}

function inline(tokens: readonly Token[] = []): ReactNode {
  return tokens.map((token, at) => (
    // oxlint-disable-next-line react/no-array-index-key -- pieces of a text have no other identity
    <Fragment key={at}>{span(token as Tokens.Generic)}</Fragment>
  ));
}

function span(token: Tokens.Generic): ReactNode {
  const inner = token.tokens ? inline(token.tokens) : (token["text"] as string);
  switch (token.type) {
    case "strong":
      return <strong>{inner}</strong>;
    case "em":
      return <em>{inner}</em>;
    case "del":
      return <del>{inner}</del>;
    case "codespan":
      return <code>{token["text"] as string}</code>;
    case "br":
      return <br />;
    case "link": {
      const href = safeLink(token["href"] as string);
      return href ? <a href={href} target="_blank" rel="noopener noreferrer nofollow">{inner}</a> : inner;
    }
    case "image": {
      const href = token["href"] as string;
      const alt = token["text"] as string;
      // Pictures from elsewhere would tell somebody that this was read.
      return /^data:image\/(png|jpeg|gif|webp)[;,]/.test(href) ? <img src={href} alt={alt} /> : `[${alt}]`;
    }
    case "escape":
    case "text":
      return inner;
    default:
      return token.raw;
  }
}

function withoutFrontmatter(text: string): string {
  return text.replace(/^---\r?\n[\s\S]*?\r?\n---\r?\n/, "");
}
