/** Words that are shown before anybody has signed in, and of the frame that all faces share. */

import { common } from "../common";
import { form } from "../form";
import { session } from "../session";
import { shell } from "../shell";

export const words = { ...common, ...shell, session, form };
