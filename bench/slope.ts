/** How a quantity changes with time, by least squares. */

export interface Point {
  readonly at: number;
  readonly value: number;
}

export interface Slope {
  /** By unit of `at`. */
  readonly slope: number;
  /** The slope is within this of it, with a confidence of 95 %, as far as the points scatter independently of one another. */
  readonly within: number;
}

/** @throws with fewer than three points, which say nothing of how they scatter */
export function slopeOf(points: readonly Point[]): Slope {
  const count = points.length;
  if (count < 3) throw new Error("three points at least");
  const mean = (of: (point: Point) => number) => points.reduce((sum, point) => sum + of(point), 0) / count;
  const [at, value] = [mean((p) => p.at), mean((p) => p.value)];
  const spread = points.reduce((sum, p) => sum + (p.at - at) ** 2, 0);
  const slope = points.reduce((sum, p) => sum + (p.at - at) * (p.value - value), 0) / spread;
  const residual = points.reduce((sum, p) => sum + (p.value - value - slope * (p.at - at)) ** 2, 0);
  return { slope, within: 2 * Math.sqrt(residual / (count - 2) / spread) };
}
