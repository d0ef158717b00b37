/** A message with its `names` set as code, and a capital at the start. */
export function Prose({ text }: { text: string }) {
  const pieces = sentence(text).split("`");
  return (
    <>
      {pieces.map((piece, at) =>
        // oxlint-disable-next-line react/no-array-index-key -- pieces have no other identity
        at % 2 === 1 && at < pieces.length - 1 ? <code key={at}>{piece}</code> : piece,
      )}
    </>
  );
}

/** Messages come in lower case, to stand after a prefix; here they stand alone. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
