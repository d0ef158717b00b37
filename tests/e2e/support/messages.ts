// Fills a session with many messages, in their order, without waiting for each answer.

import { Socket } from "node:net";

/** Says `n` things in a session: the questions and answers that `text` gives, from 1 on. */
export async function sayMany(origin: string, id: string, n: number, text: (number: number) => string): Promise<void> {
  const { hostname, port, host } = new URL(origin);
  const socket = new Socket();
  await new Promise<void>((resolve, reject) => {
    let kept = 0;
    let rest = "";
    socket.on("data", (data) => {
      rest += data.toString("latin1");
      for (;;) {
        const at = rest.indexOf("HTTP/1.1 ");
        const status = rest.slice(at + 9, at + 12);
        if (at < 0 || status.length < 3) break;
        if (status !== "201") return reject(new Error(`a message was answered with ${status}`));
        rest = rest.slice(at + 12);
        kept += 1;
      }
      if (kept === n) resolve();
    });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`the connection ended after ${kept} of ${n} messages`)));
    socket.connect(Number(port), hostname, () => {
      // One connection answers in the order in which it is asked.
      for (let number = 1; number <= n; number += 1) {
        const role = number % 2 ? "user" : "assistant";
        const body = JSON.stringify({ user_id: "local", role, content: text(number) });
        const head = [`POST /api/sessions/${id}/messages HTTP/1.1`, `Host: ${host}`, "Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`];
        socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
      }
    });
  });
  socket.removeAllListeners("close");
  socket.destroy();
}
