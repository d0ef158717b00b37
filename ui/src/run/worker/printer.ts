/**
 * Turns what a skill prints into lines, and keeps a flood of them from
 * drowning the page. Runs inside the sandbox.
 */

import type { PrintedLine } from "../protocol";

/** The longest line that is passed on whole, in characters. */
export const LINE_LIMIT = 8_192;
/** How many lines one call may print. */
export const LINES_PER_CALL = 10_000;
/** How many characters one call may print. */
export const CHARS_PER_CALL = 2_000_000;

/** Lines that go out at once before they are gathered. */
const BURST = 64;
/** Milliseconds that refill one line of the burst. */
const REFILL_MS = 10;

/** The stop watch and the way out; handed in, so that tests decide both. */
export type PrinterPorts = {
  now(): number;
  send(lines: PrintedLine[]): void;
};

/** Gathers the output of one call. */
export class Printer {
  #partial = { stdout: "", stderr: "" };
  #waiting: PrintedLine[] = [];
  #lines = 0;
  #chars = 0;
  #muted = false;
  #credit = BURST;
  #creditAt: number;
  readonly #begin: number;

  constructor(readonly ports: PrinterPorts) {
    this.#begin = ports.now();
    this.#creditAt = this.#begin;
  }

  /** Takes text and sends the lines that are complete. */
  write(stream: "stdout" | "stderr", text: string): void {
    if (this.#muted) return;
    let from = 0;
    for (;;) {
      const end = text.indexOf("\n", from);
      if (end < 0) break;
      const line = this.#partial[stream] + text.slice(from, end);
      this.#partial[stream] = "";
      this.#push(stream, line);
      if (this.#muted) return;
      from = end + 1;
    }
    const rest = this.#partial[stream] + text.slice(from);
    if (rest.length > LINE_LIMIT) {
      this.#partial[stream] = "";
      this.#push(stream, rest);
    } else {
      this.#partial[stream] = rest;
    }
    this.#sendWithinRate();
  }

  /** Sends everything, the unfinished line as well. */
  flush(): void {
    for (const stream of ["stdout", "stderr"] as const) {
      const rest = this.#partial[stream];
      this.#partial[stream] = "";
      if (rest !== "" && !this.#muted) this.#push(stream, rest);
    }
    this.#send();
  }

  #push(stream: "stdout" | "stderr", line: string): void {
    const cut = line.length > LINE_LIMIT;
    const text = cut ? `${line.slice(0, LINE_LIMIT)}… (${line.length} characters)` : line;
    this.#lines += 1;
    this.#chars += text.length;
    const at = this.ports.now() - this.#begin;
    if (this.#lines > LINES_PER_CALL || this.#chars > CHARS_PER_CALL) {
      this.#muted = true;
      this.#waiting.push(["stderr", at, "too much output: the rest is not shown"]);
      this.#send();
      return;
    }
    this.#waiting.push([stream, at, text]);
  }

  #sendWithinRate(): void {
    if (this.#waiting.length === 0) return;
    const now = this.ports.now();
    const refilled = (now - this.#creditAt) / REFILL_MS;
    this.#credit = Math.min(BURST, this.#credit + refilled);
    this.#creditAt = now;
    if (this.#credit < 1) return;
    this.#credit -= 1;
    this.#send();
  }

  #send(): void {
    if (this.#waiting.length === 0) return;
    const lines = this.#waiting;
    this.#waiting = [];
    this.ports.send(lines);
  }
}
