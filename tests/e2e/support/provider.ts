// A provider of models on this machine that speaks the protocol of OpenAI, and says what a test tells it to say.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** A piece of an answer; `call` proposes a workflow, `tool` calls another tool. */
export type Piece = { text: string } | { call: object } | { tool: string; arguments: object } | { pause: true };

type Asked = { messages: { role: string; content: string }[]; tools?: { function: { name: string } }[] };

export type Provider = {
  url: string;
  /** What it was asked: headers and body. */
  asked: { authorization: string | undefined; body: Asked }[];
  /** Whether the other side went away in the middle of an answer. */
  left: () => boolean;
  /** Goes on where an answer pauses. */
  resume(): void;
  stop(): Promise<void>;
};

/** Answers each request with the next of `answers`, the last one again and again, or with what a function of it gives. */
export async function startProvider(
  answers: readonly (readonly Piece[])[] | ((body: Asked, nth: number) => readonly Piece[]),
): Promise<Provider> {
  const asked: Provider["asked"] = [];
  let left = false;
  let resume = () => {};
  const server = createServer((request, response) => {
    void (async () => {
      const body = JSON.parse(await bodyOf(request)) as Provider["asked"][number]["body"];
      asked.push({ authorization: request.headers.authorization, body });
      response.on("close", () => (left ||= !response.writableFinished));
      const nth = asked.length;
      const pieces = typeof answers === "function" ? answers(body, nth) : (answers[Math.min(nth, answers.length) - 1] ?? []);
      await answer(response, pieces, () => new Promise<void>((go) => (resume = go)));
    })();
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("the provider has no address");
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    asked,
    left: () => left,
    resume: () => resume(),
    stop: () => new Promise((stopped) => (server.closeAllConnections(), server.close(() => stopped()))),
  };
}

async function answer(response: ServerResponse, pieces: readonly Piece[], pause: () => Promise<void>): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (json: object) => response.write(`data: ${JSON.stringify({ model: "fake-1", ...json })}\n\n`);
  response.write(": awake\n\n");
  let calls = 0;
  for (const piece of pieces) {
    if ("pause" in piece) {
      await pause();
    } else if ("text" in piece) {
      send({ choices: [{ index: 0, delta: { content: piece.text }, finish_reason: null }] });
    } else {
      const [name, given] = "tool" in piece ? [piece.tool, piece.arguments] : ["propose_workflow", piece.call];
      const part = (more: object) => send({ choices: [{ index: 0, delta: { tool_calls: [{ index: calls, ...more }] } }] });
      const json = JSON.stringify(given);
      // The arguments come in pieces, as they do from every provider.
      part({ id: `c${calls}`, type: "function", function: { name, arguments: "" } });
      for (let at = 0; at < json.length; at += 7) part({ function: { arguments: json.slice(at, at + 7) } });
      calls += 1;
    }
  }
  send({ choices: [{ index: 0, delta: {}, finish_reason: calls > 0 ? "tool_calls" : "stop" }] });
  send({ choices: [], usage: { prompt_tokens: 120, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 20 } } });
  response.end("data: [DONE]\n\n");
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}
