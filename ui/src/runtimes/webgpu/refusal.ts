/** Something about a kernel or its inputs that a person can put right. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    message: string,
    readonly hint: string,
    readonly kind: "exception" | "memory" | "load" | "crashed" = "exception",
  ) {
    super(message);
  }
}
