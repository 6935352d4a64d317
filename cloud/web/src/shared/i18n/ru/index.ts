/** The whole Russian catalogue; its shape is the shape of all catalogues. A browser fetches it face by face. */

import { words as admin } from "./faces/admin";
import { words as desk } from "./faces/desk";
import { words as entry } from "./faces/entry";
import { words as more } from "./faces/more";

export const ru = { ...entry, ...desk, ...more, ...admin };

export type Russian = typeof ru;
