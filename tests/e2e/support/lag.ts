// How much this machine keeps everybody waiting: what a test may add to a limit that holds on a quiet one.

const EVERY_MS = 20;

/** Starts to measure; the function that it returns stops and gives the largest delay of a timer, in milliseconds. */
export function measureLag(): () => number {
  let due = performance.now() + EVERY_MS;
  let largest = 0;
  const look = () => {
    const now = performance.now();
    largest = Math.max(largest, now - due);
    due = now + EVERY_MS;
  };
  const timer = setInterval(look, EVERY_MS);
  return () => {
    look();
    clearInterval(timer);
    return largest;
  };
}
