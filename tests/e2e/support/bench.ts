// The page as a person meets it: regions, nodes, buttons.

import { expect, type Locator, type Page } from "@playwright/test";

export type Status = "idle" | "running" | "success" | "error" | "skipped" | "cached";

/** One node of a kept run. */
export type TraceNode = {
  node: string;
  skill_id: string;
  skill_version: string | null;
  key: string | null;
  state: Status | "cancelled";
  attempts: number;
  started_ms: number | null;
  duration_ms: number | null;
  error?: { kind: string; message: string; hint?: string };
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  logs: { at_ms: number; stream: string; text: string }[];
};

/** The answer of `GET /traces/{id}`. */
export type Trace = {
  trace_id: string;
  path: string;
  run: { outcome: "success" | "error" | "cancelled"; started_at: string; finished_at: string; nodes: TraceNode[] };
};

/** What happened while the page was responsive or not. */
export type Frames = { longestGapMs: number; frames: number };

export class Bench {
  readonly library: Locator;
  readonly canvas: Locator;
  readonly inspector: Locator;
  readonly results: Locator;
  readonly runButton: Locator;
  readonly cancelButton: Locator;
  readonly saveButton: Locator;

  constructor(readonly page: Page) {
    const region = (name: string) => page.getByRole("region", { name, exact: true });
    const button = (name: string) => page.getByRole("button", { name, exact: true });
    this.library = region("Node library");
    this.canvas = region("Canvas");
    this.inspector = region("Inspector");
    this.results = region("Results");
    this.runButton = button("Run");
    this.cancelButton = button("Cancel");
    this.saveButton = button("Save");
  }

  /** Opens an address and waits until its workflow is on the canvas. */
  async open(address: string, nNodes?: number): Promise<void> {
    await this.page.goto(address);
    await expect(this.runButton).toBeVisible();
    if (nNodes !== undefined) await expect(this.nodes()).toHaveCount(nNodes);
  }

  nodes(): Locator {
    return this.canvas.locator("[data-status]");
  }

  /** A node by the name that people see. */
  node(name: string): Locator {
    return this.nodes().and(this.page.getByLabel(name, { exact: true }));
  }

  /** A node by its id in the document. */
  nodeById(id: string): Locator {
    return this.canvas.locator(`[data-status][data-id="${id}"]`);
  }

  handle(node: Locator, port: string, side: "input" | "output"): Locator {
    return node.locator(`.react-flow__handle.${side === "input" ? "target" : "source"}[data-handleid="${port}"]`);
  }

  /** State of every node, by id. */
  async states(): Promise<Record<string, Status>> {
    return this.nodes().evaluateAll((nodes) =>
      Object.fromEntries(nodes.map((node) => [node.getAttribute("data-id") ?? "", node.getAttribute("data-status") ?? ""])),
    ) as Promise<Record<string, Status>>;
  }

  /** Presses Run, waits until the run is over and kept, and returns its trace. */
  async run(timeout = 90_000): Promise<Trace> {
    const ended = await this.startRun();
    return ended(timeout);
  }

  /** Presses Run; the function that it returns waits for the end and reads the trace. */
  async startRun(press = () => this.runButton.click()): Promise<(timeout?: number) => Promise<Trace>> {
    await expect(this.runButton).toBeEnabled();
    const known = new Set(await this.traceIds());
    await press();
    return async (timeout = 90_000) => {
      let id: string | undefined;
      await expect(async () => {
        id = (await this.traceIds()).find((one) => !known.has(one));
        expect(id, "no new trace was kept").toBeDefined();
      }).toPass({ timeout, intervals: [50, 100, 200] });
      await expect(this.runButton).toBeEnabled();
      const answer = await this.page.request.get(`/traces/${id}?user_id=local`);
      expect(answer.ok(), await answer.text()).toBe(true);
      return (await answer.json()) as Trace;
    };
  }

  private async traceIds(): Promise<string[]> {
    const answer = await this.page.request.get("/traces?user_id=local&limit=100");
    return ((await answer.json()) as { traces: { trace_id: string }[] }).traces.map(({ trace_id }) => trace_id);
  }

  /** Shows an output of a finished node in the results, by way of the inspector. */
  async show(id: string, port: string): Promise<Locator> {
    await this.nodeById(id).click();
    await this.inspector.getByRole("button", { name: `Show ${port}`, exact: true }).click();
    const preview = this.results.getByRole("article");
    await expect(preview).toBeVisible();
    return preview;
  }

  /** Shows what nodes printed. */
  async showLog(): Promise<Locator> {
    await this.results.getByRole("tab", { name: /^Log/ }).click();
    return this.results.getByRole("log");
  }

  /** Opens a workflow from the list, without a new load of the page. */
  async openFromList(id: string): Promise<void> {
    await this.library.getByRole("tab", { name: "Workflows" }).click();
    await this.library.locator(`a[href$="/${id}"]`).click();
  }

  async allAre(status: Status, timeout = 90_000): Promise<void> {
    await expect(async () => {
      const states = await this.states();
      expect(Object.values(states).length).toBeGreaterThan(0);
      expect(Object.fromEntries(Object.entries(states).filter(([, state]) => state !== status))).toEqual({});
    }).toPass({ timeout, intervals: [50, 100, 200] });
  }

  async nodeIs(id: string, status: Status, timeout = 90_000): Promise<void> {
    await expect(this.nodeById(id)).toHaveAttribute("data-status", status, { timeout });
  }
}

/** Measures the gaps between animation frames until the returned function is called. */
export async function watchFrames(page: Page): Promise<() => Promise<Frames>> {
  await page.evaluate(() => {
    const watch = { last: performance.now(), longestGapMs: 0, frames: 0, on: true };
    const tick = () => {
      const now = performance.now();
      watch.longestGapMs = Math.max(watch.longestGapMs, now - watch.last);
      watch.last = now;
      watch.frames += 1;
      if (watch.on) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    (globalThis as Record<string, unknown>)["frameWatch"] = watch;
  });
  return () =>
    page.evaluate(() => {
      const watch = (globalThis as Record<string, unknown>)["frameWatch"] as Frames & { on: boolean };
      watch.on = false;
      return { longestGapMs: watch.longestGapMs, frames: watch.frames };
    });
}

/** The report of one node. */
export function nodeOf(trace: Trace, id: string): TraceNode {
  const found = trace.run.nodes.find(({ node }) => node === id);
  if (!found) throw new Error(`the trace has no node ${id}`);
  return found;
}

/** How long the run took, by its own clock. */
export function durationMs({ run }: Trace): number {
  return Date.parse(run.finished_at) - Date.parse(run.started_at);
}
