import "./styles/tokens.css";
import "./styles/base.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { connect } from "./api/http";
import { serverPython } from "./api/serverPython";
import { App } from "./app/App";
import { Broken } from "./app/Broken";
import { startTheme } from "./app/theme";
import { createWorkbench } from "./app/workbench";
import { loadEngine } from "./engine/engine";
import { framePace } from "./execution/pace";
import { openBrowserDrafts } from "./workflow/browserDrafts";

startTheme();

const place = document.getElementById("root");
if (place) void start(place);

/** Puts the page together: the only place where the parts meet what is outside. */
async function start(element: HTMLElement): Promise<void> {
  const root = createRoot(element);
  try {
    const [api, engine, drafts] = await Promise.all([connect(), loadEngine(), openBrowserDrafts()]);
    const workbench = createWorkbench({
      api,
      engine,
      drafts,
      pace: framePace(),
      runner: async (onProgress) => {
        const { createRunner } = await import("./run/runner");
        const atOnce = Number(new URLSearchParams(location.search).get("at-once"));
        return createRunner({ engine: engine.run, onProgress, server: serverPython(api.config), ...(atOnce >= 1 && { atOnce }) });
      },
    });
    addEventListener("popstate", () => void workbench.places.follow());
    void workbench.places.follow();
    root.render(
      <StrictMode>
        <App workbench={workbench} />
      </StrictMode>,
    );
  } catch (error) {
    root.render(<Broken error={error} />);
  }
}
