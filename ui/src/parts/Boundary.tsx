import { Component, type ReactNode } from "react";

import { Failure } from "./Failure";

type BoundaryProps = { children: ReactNode };
type BoundaryState = { error: unknown };

/** Keeps a fault in one part of the page from taking the rest with it. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { error: undefined };

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return <Failure error={error} again={() => this.setState({ error: undefined })} />;
  }
}
