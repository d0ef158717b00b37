import type { Problem } from "./schema";

/** Why an answer is a refusal, as the other side says it. */
export async function problemOf(response: Response): Promise<Problem> {
  const fallback: Problem = {
    type: "about:blank",
    title: response.statusText,
    status: response.status,
    code: "unexpected-answer",
    detail: `the server answered ${response.status} ${response.statusText}`.trim(),
    hint: null,
  };
  try {
    const body: unknown = await response.json();
    return isProblem(body) ? { ...fallback, ...body } : fallback;
  } catch {
    return fallback;
  }
}

function isProblem(body: unknown): body is Partial<Problem> {
  return typeof body === "object" && body !== null && "detail" in body && typeof body.detail === "string";
}
