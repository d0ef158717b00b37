import { ApiError, UnreachableError } from "./api";
import { problemOf } from "./problem";

/** What goes on while a body is sent. */
export type Watch = {
  signal: AbortSignal;
  /** Told how many bytes are on their way or there. */
  onProgress: (sent: number) => void;
};

/** Posts a body of any size, and tells how far it is: `fetch` cannot say that. */
export function upload<T>(url: string, body: Blob, { signal, onProgress }: Watch): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    request.open("POST", url);
    request.setRequestHeader("accept", "application/json");
    request.setRequestHeader("content-type", body.type || "application/octet-stream");
    request.upload.addEventListener("progress", ({ loaded }) => onProgress(Math.min(loaded, body.size)));
    request.addEventListener("loadend", () => signal.removeEventListener("abort", stop));
    request.addEventListener("abort", () => reject(signal.reason));
    request.addEventListener("error", () => reject(new UnreachableError("LLMos-Lite did not take the file")));
    request.addEventListener("load", () => {
      const { status, statusText, responseText } = request;
      if (status >= 200 && status < 300) resolve(JSON.parse(responseText) as T);
      else void problemOf(new Response(responseText, { status, statusText })).then((problem) => reject(new ApiError(problem)));
    });
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    signal.addEventListener("abort", stop);
    request.send(body);
  });
}
