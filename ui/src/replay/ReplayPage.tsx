import { useMemo } from "react";

import type { PageProps } from "../pages/pages";
import { parsePlace } from "./place";
import { ReplayChoice } from "./ReplayChoice";
import { ReplayStage } from "./ReplayStage";

/** Goes through a session step by step. */
export function ReplayPage({ rest }: PageProps) {
  const place = useMemo(() => parsePlace(rest), [rest]);
  if (!place) return <ReplayChoice />;
  return <ReplayStage key={`${place.volume}/${place.id}/${place.commit}`} place={place} />;
}
