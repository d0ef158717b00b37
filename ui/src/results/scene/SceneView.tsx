import { useCallback, useId, useRef, useState } from "react";

import { useTheme } from "../../app/theme";
import { Button } from "../../parts/Button";
import { IconButton } from "../../parts/IconButton";
import type { SceneValue } from "../../runtimes/threejs/value";
import type { ViewerProps } from "../viewer";
import type { Failure } from "./frame";
import styles from "./SceneView.module.css";
import { useGestures } from "./useGestures";
import { useScene } from "./useScene";

const WORDS: Record<Failure, { title: string; text: string; again: string }> = {
  "no-webgl": {
    title: "This browser cannot draw in three dimensions",
    text: "WebGL 2 is off or missing. Switch on hardware acceleration in the browser's settings, then try again. The scene itself is fine: see Data.",
    again: "Try again",
  },
  unreadable: { title: "This scene cannot be read", text: "", again: "Try again" },
  animate: { title: "The motion stopped", text: "", again: "Start again" },
  silent: {
    title: "The motion was stopped",
    text: "`animate` did not come back. Look for a loop without an end.",
    again: "Show without motion",
  },
};

const HELP = "Drag to turn, Shift and drag to shift, wheel to zoom. Keys: arrows turn, Shift and arrows shift, plus and minus zoom, 0 resets, space plays and pauses.";

/** A scene that can be turned, drawn by a frame of the sandbox. */
export function SceneView({ value, about }: ViewerProps) {
  const theme = useTheme();
  const [chosen, setChosen] = useState<"dark" | "light" | null>(null);
  const [playing, setPlaying] = useState(() => !globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches);
  const [start, setStart] = useState({ attempt: 0, still: false });
  const place = useRef<HTMLDivElement>(null);
  const handle = useRef<HTMLDivElement>(null);
  const help = useId();
  const ground = chosen ?? theme;
  const { state, send } = useScene({ value: value as SceneValue, place, name: about.port, playing, ground, ...start });
  const togglePlay = useCallback(() => setPlaying((on) => !on), []);
  useGestures(handle, send, togglePlay);

  const { phase, moves, background, failure, lost } = state;
  const again = (): void => {
    setStart(({ attempt }) => ({ attempt: attempt + 1, still: failure?.reason === "silent" }));
    setPlaying(true);
  };
  return (
    <div className={styles.scene}>
      <div ref={place} className={styles.stage} data-ground={ground} data-phase={phase} data-lost={lost}>
        <div
          ref={handle}
          className={styles.handle}
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keys turn the scene
          tabIndex={0}
          role="application"
          aria-label={`3D scene ${about.port}`}
          aria-describedby={help}
        />
        <p id={help} hidden>{HELP}</p>
      </div>
      {phase === "starting" && <p className={styles.note} role="status">Drawing…</p>}
      {lost && phase === "shown" && (
        <div className={styles.message} role="alert">
          <b>The graphics processor was taken away</b>
          <p>The picture comes back when the browser gives it back.</p>
          <Button small onClick={again}>Start again</Button>
        </div>
      )}
      {failure && (
        <div className={styles.message} role="alert">
          <b>{WORDS[failure.reason].title}</b>
          {WORDS[failure.reason].text && <p>{WORDS[failure.reason].text}</p>}
          {failure.message && failure.reason !== "no-webgl" && <pre>{failure.message}</pre>}
          <Button small onClick={again}>{WORDS[failure.reason].again}</Button>
        </div>
      )}
      {phase === "shown" && (
        <div className={styles.tools} role="toolbar" aria-label="Scene">
          {moves && <IconButton small icon={playing ? "pause" : "play"} label={playing ? "Pause" : "Play"} keys="Space" onClick={togglePlay} />}
          <IconButton small icon="plus" label="Zoom in" keys="+" onClick={() => send({ t: "zoom", by: 1 / 1.2 })} />
          <IconButton small icon="minus" label="Zoom out" keys="-" onClick={() => send({ t: "zoom", by: 1.2 })} />
          <IconButton small icon="fit" label="Reset view" keys="0" onClick={() => send({ t: "reset" })} />
          {!background && (
            <IconButton
              small
              icon={ground === "dark" ? "sun" : "moon"}
              label={ground === "dark" ? "Light background" : "Dark background"}
              onClick={() => setChosen(ground === "dark" ? "light" : "dark")}
            />
          )}
          <IconButton small icon="image" label="Save as PNG" onClick={() => send({ t: "picture" })} />
        </div>
      )}
    </div>
  );
}
