import { describe, expect, it } from "vitest";

import { ago, countdown, waited } from "./countdown";
import { cron } from "./fakes";

describe("a countdown", () => {
  it("shows the two largest units that matter", () => {
    const cases: [number, string][] = [
      [-3, "0 s"],
      [0.2, "1 s"],
      [59, "59 s"],
      [60, "1 min 00 s"],
      [3599, "59 min 59 s"],
      [3600, "1 h 00 min"],
      [86_399, "23 h 59 min"],
      [86_400, "1 d 00 h"],
      [3 * 86_400 + 4 * 3600 + 59, "3 d 04 h"],
    ];
    for (const [seconds, want] of cases) expect(countdown(seconds)).toBe(want);
  });

  it("knows which part of the wait is over", () => {
    const daily = cron({ since: "2026-11-20T03:00:00Z", next_at: "2026-11-21T03:00:00Z", seconds_left: 21_600 });
    expect(waited(daily, 0)).toBeCloseTo(0.75);
    expect(waited(daily, 10_800)).toBeCloseTo(0.875);
    expect(waited(daily, 50_000)).toBe(1);
    expect(waited(cron({ since: "x", next_at: "x" }), 0)).toBe(1);
  });
});

describe("how long ago", () => {
  it("is said in one unit", () => {
    const now = Date.parse("2026-11-21T03:00:00Z");
    expect(ago("2026-11-21T02:59:30Z", now)).toBe("just now");
    expect(ago("2026-11-21T03:00:30Z", now)).toBe("just now");
    expect(ago("2026-11-21T02:10:00Z", now)).toBe("50 min ago");
    expect(ago("2026-11-20T12:00:00Z", now)).toBe("15 h ago");
    expect(ago("2026-11-10T12:00:00Z", now)).toBe("10 d ago");
  });
});
