/** Proposals that wait for a decision, and those that were decided. */
export function ReviewPage() {
  return <h1>Review</h1>;
}
