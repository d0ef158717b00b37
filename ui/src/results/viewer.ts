/** What a viewer of values is. `viewers.ts` finds them all. */
import { type ComponentType, lazy } from "react";

import type { ExecutableSkill } from "../api/schema";

/** Where a value comes from. */
export type About = {
  /** The output port; also the name of downloads. */
  port: string;
  /** The type of the port. */
  type: string;
  /** The skill that gave it, where that is known. */
  skill?: ExecutableSkill | undefined;
};

/** What every viewer is given. */
export type ViewerProps = { value: unknown; about: About };

/** One way to look at a value. */
export type Viewer = {
  /** Unique, in kebab-case. */
  id: string;
  /** One word on the switch between the views of one value. */
  title: string;
  /**
   * How telling it is: of all viewers that match a value the lowest comes
   * first, and of all outputs of a run the lowest is shown first. Pictures
   * are below 10, data is below 50, what fits everything is above.
   */
  rank: number;
  /** Whether it can show a value. Looks at the surface only: a value may have a million points. */
  matches(value: unknown, about: About): boolean;
  component: ComponentType<ViewerProps>;
};

/** A component that is loaded when it is first shown, as in `lazyView(async () => (await import("./X")).X)`. */
export function lazyView(load: () => Promise<ComponentType<ViewerProps>>): ComponentType<ViewerProps> {
  return lazy(async () => ({ default: await load() }));
}

/** Whether a value is a file of this MIME type. */
export function isFileOf(value: unknown, mime: string): value is { name: string; mime: string; text: string } {
  if (typeof value !== "object" || value === null) return false;
  return "mime" in value && value.mime === mime && "text" in value && typeof value.text === "string";
}
