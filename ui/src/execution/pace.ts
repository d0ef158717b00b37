/** Decides when something is shown. What is asked for while it waits is shown together. */
export type Pace = (show: () => void) => void;

/** The share of the time that showing may take, as 1 in so many. */
const SHARE = 5;

/** The least time between two pictures in milliseconds: nobody reads faster, and the nodes need the cores. */
const LEAST = 200;

/** Of what goes on for long nobody watches every step: the pictures then lie as much as this apart. */
const LEAST_IN_LONG_RUNS = 500;

/** The time between two pictures may grow to this share of the time that it has gone on, as 1 in so many. */
const PATIENCE = 20;

/** Where nothing was shown for so long, something new begins. */
const QUIET = 1500;

/**
 * Shows in the next frame, and after that when there was time for other work:
 * at least four times as long as the frame before took, and not less than a
 * fifth of a second; half a second where it goes on for more than ten. A run of
 * thousands of nodes must not wait for its own picture.
 */
export function framePace(): Pace {
  let waiting: (() => void) | undefined;
  let busyUntil = 0;
  let since = -Infinity;
  let shownAt = -Infinity;

  const frame = () => {
    const show = waiting;
    waiting = undefined;
    const started = performance.now();
    if (started - shownAt > QUIET) since = started;
    shownAt = started;
    const least = Math.min(Math.max(LEAST, (started - since) / PATIENCE), LEAST_IN_LONG_RUNS);
    show?.();
    // A message is delivered after the frame is painted.
    const painted = new MessageChannel();
    painted.port1.addEventListener("message", () => {
      painted.port1.close();
      const ended = performance.now();
      busyUntil = Math.max(started + least, ended + (SHARE - 1) * (ended - started));
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
