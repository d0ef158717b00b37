import { Activity, lazy, Suspense } from "react";

import { useBoard } from "../execution/useBoard";
import { PageFrame } from "../pages/PageFrame";
import styles from "./App.module.css";
import { NoticeList } from "./NoticeList";
import { TopBar } from "./TopBar";
import { useEditor, useFiles, usePage, useView, useWorkbench, WorkbenchContext } from "./useWorkbench";
import type { Workbench } from "./workbench";
import { Workspace } from "./Workspace";

const Dialogs = lazy(() => import("./Dialogs").then(({ Dialogs: view }) => ({ default: view })));

const ChatPanel = lazy(() => import("../chat/ChatPanel").then(({ ChatPanel: view }) => ({ default: view })));

/** The workbench: the canvas with all that is around it, and the pages beside it. */
export function App({ workbench }: { workbench: Workbench }) {
  return (
    <WorkbenchContext value={workbench}>
      <Screen />
    </WorkbenchContext>
  );
}

/** The height of the results when there are none and the start page wants the room: their tabs alone. */
const TABS_ONLY = 37;

/** How high the results are. On the start page they give way until there is something in them. */
function useBottom(asked: number): number {
  const { board } = useWorkbench();
  const isStart = useFiles((state) => state.opening.state === "open" && state.route.at === "new");
  const empty = useEditor((state) => state.doc.nodes.length === 0);
  const isIdle = useBoard(board, (now) => now.phase().phase === "none" && now.order().length === 0);
  const isResults = useView((state) => state.bottom === "results");
  return isStart && empty && isIdle && isResults ? Math.min(asked, TABS_ONLY) : asked;
}

function Screen() {
  const page = usePage();
  const sizes = useView((state) => state.sizes);
  const narrow = useView((state) => state.narrow);
  const asks = useFiles((state) => state.question !== null);
  const dialog = useView((state) => state.dialog);
  const begun = useFiles((state) => state.opening.state !== "loading");
  const chat = useView((state) => state.chat);
  const bottom = useBottom(sizes.bottom);

  return (
    <div
      className={styles.screen}
      data-narrow={narrow}
      data-chat={chat}
      style={{
        "--left": `${sizes.left}px`,
        "--right": `${sizes.right}px`,
        "--bottom": `${bottom}px`,
      } as React.CSSProperties}
    >
      <TopBar />
      {(page === null || begun) && (
        // Behind a page it keeps what it shows, and hears no key.
        <Activity mode={page === null ? "visible" : "hidden"}>
          <Workspace />
        </Activity>
      )}
      {page && <PageFrame route={page} />}
      <NoticeList />
      <Suspense>{chat && <ChatPanel />}</Suspense>
      <Suspense>{(asks || dialog) && <Dialogs />}</Suspense>
    </div>
  );
}
