import { useEffect, useState } from "react";

import { type NodePair, type Verdict, verdictOn } from "./pairs";
import type { CompareRunsProps } from "./types";

export type Verdicts = ReadonlyMap<string, Verdict>;

const NONE: Verdicts = new Map();

/** The key of an output among the verdicts. */
export function keyOf(node: string, port: string): string {
  return `${node}\n${port}`;
}

/** Compares output by output, one after the other, so that no more than two values are in memory. */
export function useVerdicts(props: CompareRunsProps, pairs: readonly NodePair[], tolerance: number): Verdicts {
  const { left, right, compare } = props;
  const [verdicts, setVerdicts] = useState(NONE);
  useEffect(() => {
    let gone = false;
    const work = async () => {
      setVerdicts(NONE);
      for (const { id, ports } of pairs) {
        for (const pair of ports) {
          // oxlint-disable-next-line no-await-in-loop -- values may be large: one pair at a time
          const verdict = await verdictOn({ left, right, compare }, id, pair, tolerance).catch((): Verdict => ({ state: "not-kept" }));
          if (gone) return;
          setVerdicts((now) => new Map(now).set(keyOf(id, pair.port), verdict));
        }
      }
    };
    void work();
    return () => {
      gone = true;
    };
  }, [left, right, compare, pairs, tolerance]);
  return verdicts;
}
