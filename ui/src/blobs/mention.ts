import type { Talk } from "../chat/talk";

/** Names a file in the message that is being written: a model reads it by its path. */
export function mention(talk: Pick<Talk, "store" | "write">, volume: string, path: string): void {
  const { draft } = talk.store.getState();
  const before = draft === "" || /\s$/.test(draft) ? draft : `${draft} `;
  talk.write(`${before}\`${path}\` of volume \`${volume}\` `);
}
