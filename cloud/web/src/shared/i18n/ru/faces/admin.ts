/** Words of administration alone. */

import { audit, companies } from "../admin";
import { quarantine } from "../alarms";
import { policies } from "../policies";
import { looks, retention } from "../privacy";
import { permission } from "../staff";

export const words = { policies, permission, companies, audit, quarantine, retention, looks };
