import { useMemo, useState } from "react";

import { Choice, Shown } from "../results/Preview";
import { bytes as sizeText } from "../results/summary";
import { viewersOf } from "../results/viewers";
import type { Seen } from "./look";
import styles from "./Look.module.css";

/** What is in a file, in the form that suits it; where several do, one can choose. */
export function Content({ seen, name }: { seen: Seen; name: string }) {
  return seen.seen === "nothing" ? <p className={styles.note}>{seen.why}</p> : <Inside {...seen} name={name} />;
}

function Inside({ value, bytes, name }: Extract<Seen, { seen: "file" }> & { name: string }) {
  const about = useMemo(() => ({ port: name, type: "file" }), [name]);
  const viewers = useMemo(() => viewersOf(value, about), [value, about]);
  const [asked, setAsked] = useState<string>();
  const chosen = viewers.find(({ id }) => id === asked) ?? viewers[0];
  return (
    <>
      {(bytes !== null || viewers.length > 1) && (
        <div className={styles.bar}>
          {bytes !== null && <p role="status">These are the first {sizeText(bytes)}: download it to have all</p>}
          {viewers.length > 1 && <Choice viewers={viewers} chosen={chosen} onChoose={setAsked} />}
        </div>
      )}
      <div className={styles.body}>
        <Shown viewer={chosen} value={value} about={about} />
      </div>
    </>
  );
}
