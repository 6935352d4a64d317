/** The Russian catalogue of the guard's face; its shape is the shape of all its catalogues. */

import { common } from "./common";
import { entry, trust } from "./entry";
import { now } from "./now";
import { passages } from "./passages";
import { passes } from "./passes";
import { shift } from "./shift";
import { video } from "./video";
import { violations } from "./violations";
import { visits } from "./visits";

export const ru = { ...common, entry, trust, now, passages, passes, visits, violations, shift, video };

export type Russian = typeof ru;
