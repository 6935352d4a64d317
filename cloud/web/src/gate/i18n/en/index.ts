/** The English catalogue of the guard's face. */

import type { Translation } from "@/shared/i18n/shape";
import type { Russian } from "../ru";
import { common } from "./common";
import { entry, trust } from "./entry";
import { now } from "./now";
import { passages } from "./passages";
import { passes } from "./passes";
import { shift } from "./shift";
import { video } from "./video";
import { violations } from "./violations";
import { visits } from "./visits";

export const en: Translation<Russian> = { ...common, entry, trust, now, passages, passes, visits, violations, shift, video };
