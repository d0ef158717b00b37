/** Questions to begin with: each is answered without a model too, with a workflow that runs. */
export const SAMPLES = [
  "Plot the convergence of a VQE for H2",
  "Histogram of random numbers",
  "Frequency response of an RLC circuit",
  "Spectrum of a noisy waveform",
] as const;
