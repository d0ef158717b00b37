/** Shows scenes, see `docs/guide/values.md`. */
import { isScene } from "../../runtimes/threejs/value";
import { lazyView, type Viewer } from "../viewer";

export const viewers: readonly Viewer[] = [
  {
    id: "scene",
    title: "3D",
    rank: 4,
    matches: isScene,
    component: lazyView(async () => (await import("./SceneView")).SceneView),
  },
];
