/** Decides when something is shown. What is asked for while it waits is shown together. */
export type Pace = (show: () => void) => void;

/** The share of the time that showing may take, as 1 in so many. */
const SHARE = 5;

/**
 * Shows in the next frame, but leaves at least four times as long for other
 * work as the frame before took, painting included: a run of thousands of
 * nodes must not wait for its own picture.
 */
export function framePace(): Pace {
  let waiting: (() => void) | undefined;
  let busyUntil = 0;

  const frame = () => {
    const show = waiting;
    waiting = undefined;
    const started = performance.now();
    show?.();
    // A message is delivered after the frame is painted.
    const painted = new MessageChannel();
    painted.port1.addEventListener("message", () => {
      painted.port1.close();
      const ended = performance.now();
      busyUntil = ended + (SHARE - 1) * (ended - started);
    });
    painted.port1.start();
    painted.port2.postMessage(null);
  };

  return (show) => {
    const idle = waiting === undefined;
    waiting = show;
    if (!idle) return;
    const rest = busyUntil - performance.now();
    if (rest > 0) setTimeout(() => requestAnimationFrame(frame), rest);
    else requestAnimationFrame(frame);
  };
}
