/**
 * The page's hold on the iframe that skill code runs in.
 *
 * The frame has an opaque origin and a policy without network. This module
 * starts workers in it, hands them the files of their runtime, ends them, and
 * notices when the whole frame is gone, which is what running out of memory
 * looks like from here. A machine that is busy looks the same for a while.
 */

import { silentError } from "./errors";
import type { NodeError } from "./types";

/** What happens in the frame without being asked for. */
export type SandboxEvents = {
  /** A worker reported an error that nothing in it caught. */
  onFault(id: number, message: string): void;
  /** A worker ended by itself. Frames cannot tell; hosts with threads can. */
  onGone?(id: number, error: NodeError): void;
  /** Every worker is lost, and with them what they were doing: `error` says why. */
  onLost(error: NodeError): void;
};

/** A file handed to the frame once and to each worker that needs it. */
export type SandboxAsset = { name: string; buffer: ArrayBuffer; compile: boolean };

/** Starts and ends workers. */
export interface Sandbox {
  /** Moves a file into the frame; the buffer is gone afterwards. */
  keep(asset: SandboxAsset): void;
  /** Starts a worker and returns the page's end of its port. */
  spawn(id: number, source: string, assets: readonly string[], place?: "sandbox" | "page"): MessagePort;
  /** Ends a worker at once, whatever it is doing. */
  kill(id: number): void;
  /** Asks the frame whether it lives; call it regularly while work is going on. */
  watch(now: number): void;
  /** Removes the frame and everything in it. */
  dispose(): void;
}

type RelayMessage =
  | { t: "connected" }
  | { t: "fault"; id: number; message: string }
  | { t: "pong"; n: number };

/** How long the frame may be silent, in milliseconds. */
const SILENCE_MS = 20_000;
/** How often it is asked. */
const ASK_MS = 1_000;
/** How many looks must pass besides: the page itself may have been busy. */
const SILENT_LOOKS = 20;

/** A sandbox in an iframe that loads `url`. */
export class FrameSandbox implements Sandbox {
  readonly #frame: HTMLIFrameElement;
  readonly #control: MessagePort;
  readonly #trusted = new Map<number, Worker>();
  #asked = 0;
  #askedAt = 0;
  #answered = 0;
  #looks = 0;
  #connected = false;

  constructor(
    url: string,
    readonly events: SandboxEvents,
  ) {
    const { port1, port2 } = new MessageChannel();
    this.#control = port1;
    port1.onmessage = ({ data }: MessageEvent<RelayMessage>) => this.#hear(data);
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.setAttribute("aria-hidden", "true");
    frame.title = "Sandbox";
    frame.tabIndex = -1;
    frame.hidden = true;
    frame.src = url;
    frame.addEventListener("load", () => frame.contentWindow?.postMessage({ t: "connect" }, "*", [port2]), {
      once: true,
    });
    document.body.append(frame);
    this.#frame = frame;
  }

  keep({ name, buffer, compile }: SandboxAsset): void {
    this.#control.postMessage({ t: "asset", name, buffer, compile }, [buffer]);
  }

  spawn(id: number, source: string, names: readonly string[], place: "sandbox" | "page" = "sandbox"): MessagePort {
    const { port1, port2 } = new MessageChannel();
    if (place === "page") {
      this.#trusted.set(id, this.#startOutside(id, source, port2));
      return port1;
    }
    this.#control.postMessage({ t: "spawn", id, source, names, port: port2 }, [port2]);
    return port1;
  }

  kill(id: number): void {
    const trusted = this.#trusted.get(id);
    if (trusted) {
      trusted.terminate();
      this.#trusted.delete(id);
      return;
    }
    this.#control.postMessage({ t: "kill", id });
  }

  watch(now: number): void {
    if (!this.#connected) return;
    if (this.#answered < this.#asked) {
      this.#looks += 1;
      const silentMs = now - this.#askedAt;
      if (silentMs > SILENCE_MS && this.#looks >= SILENT_LOOKS) this.events.onLost(silentError(silentMs));
    } else if (now - this.#askedAt >= ASK_MS) {
      this.#asked += 1;
      this.#askedAt = now;
      this.#looks = 0;
      this.#control.postMessage({ t: "ping", n: this.#asked });
    }
  }

  dispose(): void {
    for (const worker of this.#trusted.values()) worker.terminate();
    this.#trusted.clear();
    this.#control.close();
    this.#frame.remove();
  }

  /** A worker of the page's own origin, for code of the product alone. It gets no files. */
  #startOutside(id: number, source: string, port: MessagePort): Worker {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const worker = new Worker(url, { name: `trusted-${id}` });
    worker.onerror = (event) => {
      event.preventDefault();
      this.events.onFault(id, event.message || "the worker failed");
    };
    worker.postMessage({ port, files: {} }, [port]);
    URL.revokeObjectURL(url);
    return worker;
  }

  #hear(message: RelayMessage): void {
    switch (message.t) {
      case "connected":
        this.#connected = true;
        break;
      case "pong":
        this.#answered = message.n;
        break;
      case "fault":
        this.events.onFault(message.id, message.message);
        break;
    }
  }
}
