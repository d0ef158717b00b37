import type { StoreApi } from "zustand/vanilla";

import { explain, type LlmosApi } from "../api/api";
import type { WorkflowDoc } from "../api/schema";
import { autosave } from "../workflow/autosave";
import type { Draft } from "../workflow/drafts";
import { emptyWorkflow } from "../workflow/edits";
import type { Origin } from "../workflow/editor";
import { createFilesStore, type FilesParts, type FilesState, keyOf, learnSkills } from "./filesState";
import { type CanvasRoute, formatRoute, parseRoute } from "./route";
import { createSaving, type Saving } from "./saving";

/** Opens and saves workflows, and never loses a change in between. */
export type Files = Saving & {
  store: StoreApi<FilesState>;
  /** Opens what a route names, and shows the route in the address bar. */
  go(route: CanvasRoute): Promise<void>;
  /** Opens a workflow that is a node of the open one, and remembers the way back. */
  enter(route: CanvasRoute): Promise<void>;
  /** Goes back to the workflow from which the open one was entered; 0 is the outermost. */
  leave(depth: number): Promise<void>;
  /** Opens the workflow that the address bar names. */
  follow(): Promise<void>;
  /** Brings back unsaved changes of a page that is gone. */
  restore(draft: Draft): Promise<void>;
  discard(draft: Draft): Promise<void>;
  /** Keeps unsaved changes as a draft now instead of a moment later. */
  flush(): void;
};

export function createFiles(parts: FilesParts): Files {
  const { api, editor, drafts, notices } = parts;
  const store = createFilesStore();
  const draft = autosave(
    editor,
    drafts,
    () => (store.getState().opening.state === "open" && !editor.store.getState().readOnly ? keyOf(store.getState().route) : undefined),
    (error) => notices.say({ tone: "error", ...explain(error) }),
  );

  let turn = 0;
  const open = async (route: CanvasRoute) => {
    draft.flush();
    turn += 1;
    const mine = turn;
    store.setState({ route, opening: { state: "loading" }, savedCommit: null, question: null, offers: [] });
    try {
      const [doc, origin] = await read(api, route);
      const [own, offers] = await Promise.all([drafts.own(keyOf(route)), drafts.left(keyOf(route))]);
      if (mine !== turn) return;
      editor.open(doc, origin);
      parts.onOpen(keyOf(route));
      if (own) editor.restore(own.doc, own.origin);
      else if (offers.length === 0) parts.onFresh(keyOf(route));
      store.setState({ opening: { state: "open" }, offers });
      learnSkills(parts, editor.store.getState().doc);
    } catch (error) {
      if (mine === turn) store.setState({ opening: { state: "failed", error } });
    }
  };

  const travel = (route: CanvasRoute, trail: FilesState["trail"], push = true): Promise<void> => {
    const url = formatRoute(route);
    if (push && url !== location.pathname) history.pushState(null, "", url);
    store.setState({ trail });
    return open(route);
  };

  const drop = async (offer: Draft) => {
    await drafts.drop(offer);
    store.setState(({ offers }) => ({ offers: offers.filter((other) => other !== offer) }));
  };

  return {
    ...createSaving(store, parts),
    store,
    follow() {
      const asked = parseRoute(location.pathname);
      const route: CanvasRoute = asked.at === "page" ? { at: "new" } : asked;
      const depth = store.getState().trail.findIndex((one) => formatRoute(one.route) === formatRoute(route));
      return travel(route, depth < 0 ? [] : store.getState().trail.slice(0, depth), false);
    },
    go: (route) => travel(route, []),
    enter(route) {
      const { route: from, trail } = store.getState();
      return travel(route, [...trail, { route: from, name: editor.store.getState().doc.name }]);
    },
    async leave(depth) {
      const { trail } = store.getState();
      const target = trail[depth];
      if (target) await travel(target.route, trail.slice(0, depth));
    },
    async restore(offer) {
      editor.restore(offer.doc, offer.origin);
      learnSkills(parts, offer.doc);
      draft.now();
      await drop(offer);
    },
    discard: drop,
    flush: draft.flush,
  };
}

async function read(api: LlmosApi, route: CanvasRoute): Promise<[WorkflowDoc, Origin]> {
  if (route.at === "new") return [emptyWorkflow(), { kind: "new" }];
  const { workflow, volume, version } = await api.readWorkflow(route.volume, route.id);
  return [workflow, { kind: "stored", volume, version }];
}
