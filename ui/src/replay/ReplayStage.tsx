import { useCallback, useEffect, useRef, useState } from "react";

import { formatRoute } from "../app/route";
import { useWorkbench } from "../app/useWorkbench";
import { isTyping } from "../app/typing";
import { Failure } from "../parts/Failure";
import { placeRoute, type ReplayPlace } from "./place";
import styles from "./Replay.module.css";
import { ReplayControls } from "./ReplayControls";
import { ReplayStepView } from "./ReplayStepView";
import { useReplay } from "./useReplay";

/** How long a step is shown while it plays, in milliseconds. */
const PACE = 2500;

/** One session, step by step: by button, by key, or by itself. */
export function ReplayStage({ place }: { place: ReplayPlace }) {
  const { api } = useWorkbench();
  const [step, setStep] = useState(place.step);
  const [playing, setPlaying] = useState(false);
  const { session, now, trouble, again } = useReplay(api, place, step);
  const main = useRef<HTMLDivElement>(null);
  const n = session?.message_count ?? 0;

  const go = useCallback((to: number) => setStep(Math.max(1, n > 0 ? Math.min(to, n) : to)), [n]);
  const goByHand = useCallback(
    (to: number) => {
      setPlaying(false);
      go(to);
    },
    [go],
  );

  // The address names the step, so that it can be sent to somebody; going back leaves the session as a whole.
  useEffect(() => setStep(place.step), [place.step]);
  useEffect(() => {
    history.replaceState(null, "", formatRoute(placeRoute({ ...place, step })));
    main.current?.scrollTo({ top: 0 });
  }, [place, step]);
  useEffect(() => {
    if (n > 0 && step > n) setStep(n);
  }, [n, step]);
  useEffect(() => {
    if (!playing || !now) return;
    if (step >= n) {
      setPlaying(false);
      return;
    }
    const timer = setTimeout(() => go(step + 1), PACE);
    return () => clearTimeout(timer);
  }, [playing, now, step, n, go]);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector("dialog[open]")) return;
      const isButton = event.target instanceof HTMLElement && event.target.closest("button, summary, a") !== null;
      const to = { ArrowRight: step + 1, ArrowLeft: step - 1, Home: 1, End: n }[event.key];
      if (to !== undefined) goByHand(to);
      else if (event.key === " " && !isButton) setPlaying((was) => !was && step < n);
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [step, n, goByHand]);

  return (
    <div className={styles.stage}>
      <ReplayControls
        place={place}
        name={session?.name ?? place.id}
        step={step}
        n={n}
        playing={playing}
        onStep={goByHand}
        onPlay={() => setPlaying(!playing && step < n)}
      />
      <div ref={main} className={styles.scroll} role="region" aria-label="Step" tabIndex={0}>
        <div className={styles.column}>
          {trouble !== null && <Failure error={trouble} again={again} />}
          {!now && trouble === null && <p role="status">{session && n === 0 ? "Nothing was said in this session" : "Reading the session…"}</p>}
          {now && <ReplayStepView key={now.number} step={now} />}
        </div>
      </div>
    </div>
  );
}
