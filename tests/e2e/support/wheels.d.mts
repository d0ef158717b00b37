export const WHEELS: string;
export function fetchWheels(): void;
