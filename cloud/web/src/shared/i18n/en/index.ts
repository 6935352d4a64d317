/** The whole English catalogue. A browser fetches it face by face. */

import type { Translation } from "../shape";
import type { Russian } from "../ru";
import { words as admin } from "./faces/admin";
import { words as desk } from "./faces/desk";
import { words as entry } from "./faces/entry";
import { words as more } from "./faces/more";

export const en = { ...entry, ...desk, ...more, ...admin } satisfies Translation<Russian>;
