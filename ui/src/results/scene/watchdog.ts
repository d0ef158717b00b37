/**
 * Tells an `animate` that never comes back from a machine that is busy: a
 * question counts only where the window of the frame, which lives in the same
 * process, has answered in the meantime and the worker has not.
 */

/** How many counted questions may stay open; the first picture takes its time. */
const OWED = 10;
const OWED_AT_FIRST = 40;

/** Counts what the worker of a scene owes. */
export class Watchdog {
  #runs = false;
  #asked = 0;
  #answered = 0;
  #owed = 0;
  #isOpen = false;
  #limit = OWED_AT_FIRST;

  /** The code of the skill begins to run; nothing is counted before. */
  begin(): void {
    this.#runs = true;
  }

  /** The first picture is there. */
  shown(): void {
    this.#limit = OWED;
    this.#owed = 0;
  }

  /** The number of the next question to window and worker; `null` where it is not time for one. */
  ask(): number | null {
    if (!this.#runs || this.#isOpen) return null;
    this.#isOpen = true;
    this.#asked += 1;
    return this.#asked;
  }

  /** The worker answered. */
  alive(n: number): void {
    this.#answered = Math.min(this.#asked, n);
    this.#owed = 0;
  }

  /** The window answered; says whether the worker has to be given up. */
  window(n: number): boolean {
    if (n !== this.#asked || !this.#isOpen) return false;
    this.#isOpen = false;
    if (this.#answered < n) this.#owed += 1;
    return this.#owed >= this.#limit;
  }
}
