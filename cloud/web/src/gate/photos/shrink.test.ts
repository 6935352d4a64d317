import { expect, test } from "vitest";

import { within } from "./shrink";

test.each([
  [4000, 3000, 1600, 1200],
  [3000, 4000, 1200, 1600],
  [800, 600, 800, 600],
  [1600, 1, 1600, 1],
  [10_000, 2, 1600, 1],
])("%i × %i becomes %i × %i", (width, height, ...kept) => expect(within(width, height)).toEqual(kept));
