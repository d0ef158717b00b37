/**
 * Messages over a pipe: four bytes with the length, little-endian, then that
 * many bytes of JSON. The other side is `crates/headless/src/frame.rs`.
 */

const HEAD_BYTES = 4;

/** Takes bytes as they come and gives the messages that are complete. */
export class FrameReader {
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  /** Adds bytes; answers the messages that they complete. */
  push(chunk: Uint8Array): unknown[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const messages: unknown[] = [];
    for (let body = this.#take(); body !== null; body = this.#take()) {
      messages.push(JSON.parse(new TextDecoder().decode(body)));
    }
    return messages;
  }

  #take(): Uint8Array | null {
    if (this.#bytes < HEAD_BYTES) return null;
    const first = this.#chunks[0];
    const head = first && first.length >= HEAD_BYTES ? first : this.#join();
    const end = HEAD_BYTES + new DataView(head.buffer, head.byteOffset).getUint32(0, true);
    if (this.#bytes < end) return null;
    const whole = this.#join();
    const rest = whole.subarray(end);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#bytes = rest.length;
    return whole.subarray(HEAD_BYTES, end);
  }

  #join(): Uint8Array {
    const [first] = this.#chunks;
    if (first && this.#chunks.length === 1) return first;
    const whole = new Uint8Array(this.#bytes);
    let at = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    this.#chunks = [whole];
    return whole;
  }
}

/** One message as bytes. */
export function frame(message: unknown): Uint8Array {
  const body = new TextEncoder().encode(JSON.stringify(message));
  const whole = new Uint8Array(HEAD_BYTES + body.length);
  new DataView(whole.buffer).setUint32(0, body.length, true);
  whole.set(body, HEAD_BYTES);
  return whole;
}
