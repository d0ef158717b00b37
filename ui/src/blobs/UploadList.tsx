import { useWorkbench } from "../app/useWorkbench";
import { Button } from "../parts/Button";
import { count } from "../parts/time";
import styles from "./Uploads.module.css";
import { UploadRow } from "./UploadRow";
import type { Answer, Upload } from "./uploads";

/** What waits for somebody stands first, what is over last. */
const WEIGHT = { asking: 0, failed: 1, sending: 2, waiting: 3, done: 4 };

/** The files that are on their way, and what became of those that were. */
export function UploadList({ uploads: list }: { uploads: readonly Upload[] }) {
  const { uploads } = useWorkbench();
  const n = (is: Upload["phase"]["is"]) => list.filter(({ phase }) => phase.is === is).length;
  const asking = list.filter(({ phase }) => phase.is === "asking");
  const all = (answer: Answer) => asking.forEach(({ id }) => uploads.answer(id, answer));
  const said = [
    `${n("done")} of ${count(list.length, "file")} uploaded`,
    n("failed") > 0 && `${n("failed")} failed`,
    asking.length > 0 && `${asking.length} to decide`,
  ];

  return (
    <section className={styles.uploads} aria-label="Uploads">
      <header>
        <p role="status">{said.filter(Boolean).join(", ")}</p>
        {asking.length > 1 && (
          <>
            <Button small onClick={() => all("replace")}>
              Replace all {asking.length}
            </Button>
            <Button small onClick={() => all("both")}>
              Keep both of all
            </Button>
          </>
        )}
        {n("done") > 0 && (
          <Button small look="ghost" onClick={uploads.tidy}>
            Clear finished
          </Button>
        )}
      </header>
      <ul>
        {list.toSorted((a, b) => WEIGHT[a.phase.is] - WEIGHT[b.phase.is]).map((upload) => (
          <UploadRow key={upload.id} upload={upload} uploads={uploads} />
        ))}
      </ul>
    </section>
  );
}
