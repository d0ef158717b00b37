/** No picture of a scene that fits on a screen is larger. */
const BYTE_LIMIT = 128 * 2 ** 20;
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * The pictures that a frame hands over. Code of a skill runs beside what draws
 * and may send what it likes, so one is taken for each that a person asked for,
 * and only what begins like a PNG.
 */
export class Pictures {
  #wanted = 0;

  /** A person asked for one. */
  ask(): void {
    this.#wanted += 1;
  }

  /** The picture, if it is one that was asked for; its type is that of a picture, whatever it says. */
  async take(sent: unknown): Promise<Blob | null> {
    if (this.#wanted === 0 || !(sent instanceof Blob)) return null;
    this.#wanted -= 1;
    if (sent.size > BYTE_LIMIT) return null;
    const head = new Uint8Array(await sent.slice(0, PNG.length).arrayBuffer());
    return PNG.every((byte, at) => head[at] === byte) ? sent.slice(0, sent.size, "image/png") : null;
  }
}
