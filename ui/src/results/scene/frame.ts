/**
 * A visible frame of the sandbox that draws one scene. The frame owns its
 * canvas; the page sees nothing of it but messages, and ends its worker when
 * that stays silent.
 */

import type { SceneValue } from "../../runtimes/threejs/value";
import type { Order, Report, Size } from "./messages";
import { Pictures } from "./pictures";
import { Watchdog } from "./watchdog";

/** What there is to tell about a scene that is shown. */
export type FrameEvents = {
  onShown(facts: { moves: boolean; background: boolean }): void;
  onFailed(reason: Failure, message: string): void;
  /** The graphics processor was taken away, or given back. */
  onLost(lost: boolean): void;
  onPicture(picture: Blob): void;
};

/** What the window of the frame says. */
type RelayMessage = { t: "connected" } | { t: "fault"; message: string } | { t: "pong"; n: number };

/** Why there is no picture, or no motion. */
export type Failure = "no-webgl" | "unreadable" | "animate" | "silent";

/** How a scene is shown at first. */
export type Look = { size: Size; ground: string; playing: boolean; still: boolean };

/** How often the worker is asked whether it lives, while the code of a skill runs in it. */
const ASK_MS = 500;
const WORD_LIMIT = 4_000;

/** Loads the script that draws; it is large, and needed only where there is a scene. */
const SCRIPTS = import.meta.glob<string>("./draw.ts", { query: "?script", import: "default" });

/** A frame in `place`. */
export class SceneFrame {
  readonly #frame: HTMLIFrameElement;
  readonly #control = new MessageChannel();
  readonly #line = new MessageChannel();
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #dog = new Watchdog();
  readonly #pictures = new Pictures();
  #isShown = false;
  #visible = true;

  constructor(
    place: HTMLElement,
    readonly value: SceneValue,
    readonly look: Look,
    readonly events: FrameEvents,
    base: string = document.baseURI,
  ) {
    this.#line.port1.onmessage = ({ data }: MessageEvent<unknown>) => this.#hear(data);
    this.#control.port1.onmessage = ({ data }: MessageEvent<RelayMessage>) => this.#hearWindow(data);
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.setAttribute("aria-hidden", "true");
    frame.title = "Scene";
    frame.tabIndex = -1;
    frame.src = new URL("/sandbox.html", base).href;
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
    place.append(frame);
    this.#frame = frame;
    void this.#begin(loaded);
  }

  /** Asks for something; what the worker cannot do any more is lost. */
  send(order: Order): void {
    if (order.t === "visible") this.#visible = order.on;
    if (order.t === "picture") this.#pictures.ask();
    this.#line.port1.postMessage(order);
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#control.port1.close();
    this.#line.port1.close();
    this.#frame.remove();
  }

  async #begin(loaded: Promise<unknown>): Promise<void> {
    try {
      const load = SCRIPTS["./draw.ts"];
      if (!load) throw new Error("this build has no script that draws");
      const [source] = await Promise.all([load(), loaded]);
      const { port1, port2 } = this.#control;
      this.#frame.contentWindow?.postMessage({ t: "connect" }, "*", [port2]);
      port1.postMessage({ t: "draw", id: 1, source, port: this.#line.port2 }, [this.#line.port2]);
      this.send({ t: "show", value: this.value, ...this.look });
      this.#timer = setInterval(() => this.#ask(), ASK_MS);
    } catch (error) {
      this.events.onFailed("unreadable", error instanceof Error ? error.message : String(error));
    }
  }

  /** A page in the background has its clock slowed down, and the worker may sleep. */
  #ask(): void {
    if (!this.#visible || document.visibilityState === "hidden") return;
    const n = this.#dog.ask();
    if (n === null) return;
    this.send({ t: "ask", n });
    this.#control.port1.postMessage({ t: "ping", n });
  }

  #hearWindow(message: RelayMessage): void {
    if (message.t === "fault" && !this.#isShown) return this.events.onFailed("unreadable", message.message);
    if (message.t !== "pong" || !this.#dog.window(message.n)) return;
    clearInterval(this.#timer);
    this.#control.port1.postMessage({ t: "kill", id: 1 });
    this.events.onFailed("silent", "");
  }

  #hear(data: unknown): void {
    if (typeof data !== "object" || data === null) return;
    const report = data as Partial<Record<string, unknown>>;
    switch (report["t"] as Report["t"]) {
      case "begins":
        if (this.value.animate && !this.look.still) this.#dog.begin();
        return undefined;
      case "shown":
        this.#dog.shown();
        this.#isShown = true;
        return this.events.onShown({ moves: report["moves"] === true, background: report["background"] === true });
      case "failed": {
        const { reason, message } = report;
        const known = reason === "no-webgl" || reason === "animate" ? reason : "unreadable";
        return this.events.onFailed(known, typeof message === "string" ? message.slice(0, WORD_LIMIT) : "");
      }
      case "lost":
        return this.events.onLost(true);
      case "restored":
        return this.events.onLost(false);
      case "picture":
        void this.#pictures.take(report["blob"]).then((picture) => picture && this.events.onPicture(picture));
        return undefined;
      case "alive":
        this.#dog.alive(Number(report["n"]) || 0);
        return undefined;
      default:
        return undefined;
    }
  }
}
