// What a skill gives may be made to keep the page busy: it stays one that can be used.

import { watchFrames } from "../support/bench";
import { skill, workflow } from "../support/documents";
import { expect, test } from "../support/test";

/** A page that shows no frame for longer counts as frozen, also on cores that others use. */
const FROZEN_MS = 4_000;

// A recording looks through the page at every step, which takes longer than what is measured.
test.use({ trace: "off" });

const OUTPUTS: Record<string, { type: string; code: string; shows: RegExp }> = {
  markdown: {
    type: "file",
    code: `({ name: "a.md", mime: "text/markdown", text: "[" + "a](".repeat(30000) + "*a **b ".repeat(20000) + ">".repeat(5000) + " x" })`,
    shows: /a \*\*b/,
  },
  quotes: { type: "file", code: `({ name: "a.md", mime: "text/markdown", text: "> ".repeat(20000) + "x" })`, shows: /^/ },
  drawing: {
    type: "image",
    code: `(() => {
      let d = "<g id='a0'><rect width='1' height='1'/></g>";
      for (let i = 1; i < 15; i += 1) d += "<g id='a" + i + "'>" + ("<use href='#a" + (i - 1) + "'/>").repeat(10) + "</g>";
      return "data:image/svg+xml," + encodeURIComponent("<svg xmlns='http://www.w3.org/2000/svg'><defs>" + d + "</defs><use href='#a14'/></svg>");
    })()`,
    shows: /repeats its shapes very often/,
  },
  series: {
    type: "plot",
    code: `({ title: "t".repeat(1e5), series: Array.from({ length: 20000 }, (_, i) => ({ name: "s" + i, x: [0, 1], y: [i, i + 1] })) })`,
    shows: /The first 500 series of 20,000 are drawn/,
  },
  keys: { type: "object", code: `Object.fromEntries(Array.from({ length: 300000 }, (_, i) => ["k" + i, i]))`, shows: /\[0 … 9999\]/ },
};

for (const [name, { type, code, shows }] of Object.entries(OUTPUTS)) {
  test(`the page can be used while it shows hostile ${name}`, async ({ bench, page, store }) => {
    await store.addSkill(skill(`hostile-${name}`, "javascript", { outputs: [`name: v, type: ${type}`] }, `function execute() { return { v: ${code} }; }`));
    await bench.open(await store.addWorkflow(workflow(`hostile-${name}`, [{ id: "node", skill_id: `hostile-${name}` }])), 1);
    const stop = await watchFrames(page);
    await bench.run();
    const preview = await bench.show("node", "v");
    await expect(preview).toContainText(shows);
    const { longestGapMs } = await stop();
    console.log(`hostile ${name}: no frame for ${Math.round(longestGapMs)} ms at the most`);
    expect(longestGapMs).toBeLessThan(FROZEN_MS);
  });
}
