import { Suspense, useEffect } from "react";

import type { PageRoute } from "../app/route";
import { Boundary } from "../parts/Boundary";
import styles from "./PageFrame.module.css";
import { PAGES } from "./pages";

/** The page in front, while it loads and once it is there. */
export function PageFrame({ route }: { route: PageRoute }) {
  const { label, View } = PAGES[route.page];
  useEffect(() => {
    document.title = `${label} – LLMos-Lite`;
  }, [label]);
  return (
    <main className={styles.page}>
      <Boundary key={route.page}>
        <Suspense fallback={<p role="status" className={styles.loading}>Opening {label}…</p>}>
          <View rest={route.rest} />
        </Suspense>
      </Boundary>
    </main>
  );
}
