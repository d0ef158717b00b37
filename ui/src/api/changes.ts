/** What a window hears when a volume changed, whoever changed it. */
export const CHANGED = "llmos:changed";

/** Several commits in a row are heard of once. */
const TOGETHER_MS = 80;

/**
 * Listens to the server as long as the page is looked at, and tells the window of changes.
 *
 * A page in the background holds no connection: browsers have few for each server. Whoever comes back to it
 * has the lists read again anyway.
 */
export function followVolumes(url: string): () => void {
  if (typeof EventSource === "undefined") return () => undefined;
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const known = new Map<string, string>();

  const tell = () => {
    timer = undefined;
    window.dispatchEvent(new Event(CHANGED));
  };
  const hear = (event: MessageEvent<string>) => {
    const volume = volumeOf(event.data);
    const before = known.get(volume);
    known.set(volume, event.data);
    if (before !== undefined && before !== event.data) timer ??= setTimeout(tell, TOGETHER_MS);
  };
  const follow = () => {
    if (document.visibilityState === "hidden") {
      source?.close();
      source = undefined;
    } else if (!source) {
      source = new EventSource(url);
      source.addEventListener("volume", hear);
    }
  };

  document.addEventListener("visibilitychange", follow);
  follow();
  return () => {
    document.removeEventListener("visibilitychange", follow);
    source?.close();
    clearTimeout(timer);
  };
}

function volumeOf(json: string): string {
  const state = JSON.parse(json) as { volume: string };
  return state.volume;
}
