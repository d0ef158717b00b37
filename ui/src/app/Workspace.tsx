import { useCallback, useEffect } from "react";
import { useStore } from "zustand";

import type { ExecutableSkill } from "../api/schema";
import { addSkill } from "../canvas/actions";
import { Canvas } from "../canvas/Canvas";
import { CompareTraces } from "../history/CompareTraces";
import { History } from "../history/History";
import { TraceBanner } from "../history/TraceBanner";
import { Inspector } from "../inspector/Inspector";
import { Library } from "../library/Library";
import { WorkflowList } from "../library/WorkflowList";
import { Boundary } from "../parts/Boundary";
import { Button } from "../parts/Button";
import { Failure } from "../parts/Failure";
import { Tabs } from "../parts/Tabs";
import { Results } from "../results/Results";
import { VersionBanner } from "../versions/VersionBanner";
import { VersionList } from "../versions/VersionList";
import styles from "./App.module.css";
import { DraftOffer } from "./DraftOffer";
import { LoadingPill } from "./LoadingPill";
import { NarrowNav } from "./NarrowNav";
import { Resizer } from "./Resizer";
import { formatRoute } from "./route";
import { Start } from "./Start";
import { useShortcuts } from "./useShortcuts";
import { useEditor, useFiles, useView, useWorkbench } from "./useWorkbench";

/** Where the style sheets show one region at a time. */
const NARROW = "(max-width: 760px)";

/** Library, canvas, inspector and results around one workflow. */
export function Workspace() {
  const { view, viewing } = useWorkbench();
  const compared = useStore(viewing.store, (state) => state.compared);
  const name = useEditor((state) => state.doc.name);
  useShortcuts();
  useEffect(() => {
    document.title = name ? `${name} – LLMos-Lite` : "LLMos-Lite";
  }, [name]);

  return (
    <>
      <main className={styles.main}>
        <section className={`${styles.panel} ${styles.left}`} aria-label="Node library" data-region="library">
          <Boundary>
            <Left />
          </Boundary>
        </section>
        <Resizer side="left" label="Width of the node library" onMove={(left) => view.resize({ left })} />
        <section className={styles.centre} aria-label="Canvas" data-region="canvas">
          <Boundary>
            <Centre />
          </Boundary>
        </section>
        <Resizer side="bottom" label="Height of the results" onMove={(bottom) => view.resize({ bottom })} />
        <section className={`${styles.panel} ${styles.bottom}`} aria-label="Results" data-region="results">
          <Boundary>
            <Results />
          </Boundary>
        </section>
        <Resizer side="right" label="Width of the inspector" onMove={(right) => view.resize({ right })} />
        <section className={`${styles.panel} ${styles.right}`} aria-label="Inspector" data-region="inspector">
          <Boundary>
            <Inspector />
          </Boundary>
        </section>
      </main>
      {compared && <CompareTraces pair={compared} />}
      <NarrowNav />
    </>
  );
}

const TABS = { skills: "Skills", workflows: "Workflows", runs: "Runs", versions: "Versions" } as const;

function Left() {
  const workbench = useWorkbench();
  const { api, editor, files, view } = workbench;
  const tab = useView((state) => state.left);
  const route = useFiles((state) => state.route);
  const commit = useFiles((state) => state.savedCommit);
  const add = useCallback(
    (skill: ExecutableSkill) => {
      // While nothing is open there is nothing to add to.
      if (files.store.getState().opening.state !== "open") return;
      addSkill(workbench, skill);
      // Where the canvas is not in sight, somebody has to say so.
      if (workbench.view.store.getState().narrow === "library" && matchMedia(NARROW).matches) {
        workbench.notices.say({ tone: "info", message: `${skill.name} is on the canvas`, hint: null });
      }
    },
    [workbench, files],
  );
  const found = useCallback((skills: readonly ExecutableSkill[]) => editor.know(skills), [editor]);

  return (
    <>
      <div className={styles.tabs}>
        <Tabs
          label="Node library"
          tabs={[
            { id: "skills", label: "Skills" },
            { id: "workflows", label: "Workflows" },
            { id: "runs", label: "Runs" },
            { id: "versions", label: "Versions" },
          ]}
          chosen={tab}
          onChoose={(left) => view.set({ left })}
        />
      </div>
      <div className={styles.fill} role="tabpanel" aria-label={TABS[tab]}>
        {tab === "runs" ? (
          <History />
        ) : tab === "versions" ? (
          <VersionList />
        ) : tab === "skills" ? (
          <Library api={api} onAdd={add} onFound={found} />
        ) : (
          <WorkflowList
            api={api}
            current={formatRoute(route)}
            stamp={commit}
            onOpen={({ volume, workflow_id }) => {
              view.set({ narrow: "canvas" });
              void files.go({ at: "workflow", volume, id: workflow_id });
            }}
          />
        )}
      </div>
    </>
  );
}

function Centre() {
  const { files } = useWorkbench();
  const opening = useFiles((state) => state.opening);
  const isNew = useFiles((state) => state.route.at === "new");
  const empty = useEditor((state) => state.doc.nodes.length === 0);

  if (opening.state === "failed") {
    return (
      <div className={styles.notice}>
        <Failure error={opening.error} again={() => void files.follow()} />
        <Button icon="plus" onClick={() => void files.go({ at: "new" })}>
          New workflow
        </Button>
      </div>
    );
  }
  return (
    <>
      <Canvas />
      {opening.state === "loading" && <p role="status" className={styles.opening}>Opening the workflow…</p>}
      {opening.state === "open" && empty && isNew && <Start />}
      <LoadingPill />
      <TraceBanner />
      <VersionBanner />
      <DraftOffer />
    </>
  );
}
