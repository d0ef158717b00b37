import type { SessionArtifact } from "../api/schema";
import { ArtifactList } from "../session/ArtifactList";

/** What came of an answer, each with what it holds. */
export function Artifacts({ artifacts }: { artifacts: readonly SessionArtifact[] }) {
  return <ArtifactList artifacts={artifacts} />;
}
