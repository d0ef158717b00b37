import type { Exchange } from "./exchange";

/** Exchanges that were replaced, folded into one line. */
export type FoldRow = { kind: "fold"; key: string; n: number; open: boolean };

/** One line of a conversation. */
export type Row = { kind: "exchange"; key: string; exchange: Exchange } | FoldRow;

/** The lines of a conversation: those that were replaced stand in folds, and below one that is open. */
export function rowsOf(exchanges: readonly Exchange[], open: ReadonlySet<string>): Row[] {
  const rows: Row[] = [];
  let folded: Exchange[] = [];
  const end = () => {
    const last = folded.at(-1);
    if (!last) return;
    // Its last one stays the same while earlier messages are read.
    const key = `fold-${last.id}`;
    rows.push({ kind: "fold", key, n: folded.length, open: open.has(key) });
    if (open.has(key)) rows.push(...folded.map(rowOf));
    folded = [];
  };
  for (const exchange of exchanges) {
    if (exchange.replaced) {
      folded.push(exchange);
    } else {
      end();
      rows.push(rowOf(exchange));
    }
  }
  end();
  return rows;
}

function rowOf(exchange: Exchange): Row {
  return { kind: "exchange", key: String(exchange.id), exchange };
}
