import { type ComponentType, lazy } from "react";

import type { PageId } from "../app/route";
import type { IconName } from "../parts/Icon";

/** What a page gets: the parts of its address after its own name. */
export type PageProps = { rest: readonly string[] };

/** A page beside the canvas. */
export type Page = {
  /** Its name in the navigation and in the title of the window. */
  label: string;
  icon: IconName;
  /** What it shows; comes as a file of its own when it is first opened. */
  View: ComponentType<PageProps>;
};

/** Every page. A new one is an entry here, its id in `app/route.ts` and its address in the server's `routes/pages.rs`. */
export const PAGES: Record<PageId, Page> = {
  review: {
    label: "Review",
    icon: "check",
    View: lazy(() => import("../review/ReviewPage").then(({ ReviewPage }) => ({ default: ReviewPage }))),
  },
  learning: {
    label: "Learning",
    icon: "bolt",
    View: lazy(() => import("../learning/LearningPage").then(({ LearningPage }) => ({ default: LearningPage }))),
  },
  replay: {
    label: "Replay",
    icon: "play",
    View: lazy(() => import("../replay/ReplayPage").then(({ ReplayPage }) => ({ default: ReplayPage }))),
  },
  files: {
    label: "Files",
    icon: "file",
    View: lazy(() => import("../blobs/FilesPage").then(({ FilesPage }) => ({ default: FilesPage }))),
  },
};
