/** The English catalogue. */

import type { Translation } from "../shape";
import type { Russian } from "../ru";
import { account, audit, companies } from "./admin";
import { alarms, quarantine } from "./alarms";
import { barrier } from "./barrier";
import { blacklist } from "./blacklist";
import { calls } from "./calls";
import { common } from "./common";
import { form } from "./form";
import { gate } from "./gate";
import { housing } from "./housing";
import { inside } from "./inside";
import { meters } from "./meters";
import { passes } from "./passes";
import { people } from "./people";
import { policies } from "./policies";
import { looks, retention } from "./privacy";
import { session } from "./session";
import { shell } from "./shell";
import { sites } from "./sites";
import { statistics } from "./statistics";
import { permission, staff } from "./staff";
import { wall } from "./wall";
import { violations, watch } from "./watch";

export const en = { ...common, ...shell, session, gate, passes, inside, sites, blacklist, calls, people, policies, housing, staff, permission, companies, audit, account, alarms, quarantine, meters, statistics, wall, watch, violations, retention, looks, form, barrier } satisfies Translation<Russian>;
