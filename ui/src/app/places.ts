import { createStore, type StoreApi } from "zustand/vanilla";

import type { Files } from "./files";
import { type CanvasRoute, formatRoute, type PageRoute, parseRoute, type Route } from "./route";

/** What is in front: a page, or the canvas with the open workflow. */
export type PlaceState = { page: PageRoute | null };

/** Goes from the canvas to the pages beside it and back; the open workflow stays open meanwhile. */
export type Places = {
  store: StoreApi<PlaceState>;
  /** Brings a page to the front, and shows its address in the address bar. */
  show(page: PageRoute): void;
  /** Brings the canvas to the front, with the workflow that was open. */
  back(): void;
  /** Brings to the front what the address bar names. */
  follow(): Promise<void>;
};

export function createPlaces(files: Files): Places {
  const store = createStore<PlaceState>(() => ({ page: null }));
  // Whatever opens a workflow shows it.
  files.store.subscribe((now, before) => {
    if (now.opening.state === "loading" && now.opening !== before.opening) store.setState({ page: null });
  });

  const isOpen = (route: CanvasRoute) => {
    const { opening, route: open } = files.store.getState();
    return opening.state === "open" && formatRoute(open) === formatRoute(route);
  };
  const push = (route: Route) => {
    const url = formatRoute(route);
    if (url !== location.pathname) history.pushState(null, "", url);
  };

  return {
    store,
    show(page) {
      push(page);
      store.setState({ page });
    },
    back() {
      const { route } = files.store.getState();
      if (!isOpen(route)) {
        void files.go(route);
        return;
      }
      push(route);
      store.setState({ page: null });
    },
    async follow() {
      const route = parseRoute(location.pathname);
      if (route.at === "page") store.setState({ page: route });
      // A workflow that is open already is not read again: that would lose how one got into it.
      else if (store.getState().page && isOpen(route)) store.setState({ page: null });
      else await files.follow();
    },
  };
}
