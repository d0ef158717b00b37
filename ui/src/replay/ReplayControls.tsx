import { formatRoute } from "../app/route";
import { Button } from "../parts/Button";
import { IconButton } from "../parts/IconButton";
import { copyText } from "../results/copy";
import { useWorkbench } from "../app/useWorkbench";
import { placeRoute, type ReplayPlace } from "./place";
import styles from "./Replay.module.css";

type ReplayControlsProps = {
  place: ReplayPlace;
  name: string;
  step: number;
  n: number;
  playing: boolean;
  onStep: (to: number) => void;
  onPlay: () => void;
};

/** Where one is in a session, and the ways to go on. */
export function ReplayControls({ place, name, step, n, playing, onStep, onPlay }: ReplayControlsProps) {
  const { notices, places } = useWorkbench();
  const { volume, commit } = place;

  const copyLink = async () => {
    const url = new URL(formatRoute(placeRoute({ ...place, step })), location.origin).href;
    const copied = await copyText(url);
    notices.say(
      copied
        ? { tone: "info", message: "the address of this step is on the clipboard", hint: null }
        : { tone: "error", message: "the browser keeps the clipboard closed", hint: "copy the address from the address bar" },
    );
  };

  return (
    <header className={styles.head}>
      <div className={styles.what}>
        <h1>{name}</h1>
        <p>
          {commit ? (
            <>
              as committed in {volume}: <code title={commit}>{commit.slice(0, 10)}</code>
            </>
          ) : (
            "as it is kept now"
          )}
        </p>
      </div>
      <div className={styles.controls} role="group" aria-label="Steps">
        <IconButton icon="back" label="Previous step" keys="←" disabled={step <= 1} onClick={() => onStep(step - 1)} />
        <Button icon={playing ? "pause" : "play"} look="primary" title={playing ? "Pause (Space)" : "Play (Space)"} disabled={n === 0 || (!playing && step >= n)} onClick={onPlay}>
          {playing ? "Pause" : "Play"}
        </Button>
        <IconButton icon="chevron" label="Next step" keys="→" disabled={step >= n} onClick={() => onStep(step + 1)} />
        <input
          type="range"
          aria-label="Step"
          aria-valuetext={`Step ${step} of ${n}`}
          min={1}
          max={Math.max(n, 1)}
          value={Math.min(step, Math.max(n, 1))}
          disabled={n < 2}
          onChange={(event) => onStep(Number(event.target.value))}
        />
        <output aria-live="polite">
          {n === 0 ? "–" : `${step.toLocaleString("en")} of ${n.toLocaleString("en")}`}
        </output>
      </div>
      <div className={styles.more}>
        <IconButton icon="copy" label="Copy the address of this step" onClick={() => void copyLink()} />
        <IconButton icon="list" label="Another session" onClick={() => places.show({ at: "page", page: "replay", rest: [] })} />
      </div>
    </header>
  );
}
