import styles from "./DraftDetail.module.css";

/** How many traces are offered to look at. */
const MAX_SHOWN = 8;

/** The traces that a draft rests on; each opens on the canvas. */
export function DraftTraces({ traces, onTrace }: { traces: readonly string[]; onTrace: (id: string) => void }) {
  if (traces.length === 0) return null;
  return (
    <p className={styles.traces}>
      Seen in
      {traces.slice(0, MAX_SHOWN).map((id) =>
        id.startsWith("run-") ? (
          <button key={id} type="button" aria-label={`Open trace ${id}`} title={id} onClick={() => onTrace(id)}>
            {dateOf(id)}
          </button>
        ) : (
          <code key={id} title={id}>
            {dateOf(id)}
          </code>
        ),
      )}
      {traces.length > MAX_SHOWN && <span>and {traces.length - MAX_SHOWN} more</span>}
    </p>
  );
}

/** `20 Nov, 15:30` of `run-20261120-153000-…`; the id itself where it is another one. */
function dateOf(id: string): string {
  const found = /^\w+-(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)/.exec(id);
  if (!found) return id;
  const [, year, month, day, hour, minute] = found;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:00Z`);
  return at.toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}
