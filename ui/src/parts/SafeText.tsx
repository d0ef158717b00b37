import styles from "./SafeText.module.css";

// Controls, soft hyphens, marks of direction, joiners, separators, tags: all that a reader would not see.
const UNSEEN =
  // oxlint-disable-next-line no-control-regex -- these are what it looks for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** Text from elsewhere as it stands, with every character in it that cannot be seen made visible. Nothing is markup. */
export function SafeText({ text }: { text: string }) {
  const pieces: React.ReactNode[] = [];
  let from = 0;
  for (const { 0: odd, index } of text.matchAll(UNSEEN)) {
    const code = `U+${(odd.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
    pieces.push(
      text.slice(from, index),
      <mark key={index} className={styles.unseen} title="A character that cannot be seen">
        {code}
      </mark>,
    );
    from = index + odd.length;
  }
  pieces.push(text.slice(from));
  return <>{pieces}</>;
}

/** How many characters of a text cannot be seen. */
export function countUnseen(text: string): number {
  return text.match(UNSEEN)?.length ?? 0;
}
