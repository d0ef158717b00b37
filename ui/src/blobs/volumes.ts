import type { LlmosApi } from "../api/api";
import type { BlobList } from "../api/schema";

/** The files of each volume that the person sees, their own first: at most so many of each. */
export async function volumesWithFiles(api: LlmosApi, most: number, signal?: AbortSignal): Promise<BlobList[]> {
  const { teams } = await api.listTeams(signal);
  const volumes = [ownVolume(api), ...teams.map(({ team_id }) => `team/${team_id}`), "system"];
  return Promise.all(volumes.map((volume) => api.listFiles(volume, most, signal)));
}

/** The address of the person's own volume. */
export function ownVolume({ config }: Pick<LlmosApi, "config">): string {
  return `user/${config.user_id}`;
}
