/** Words of the desk, and of what administration has in common with it. */

import { account } from "../admin";
import { alarms } from "../alarms";
import { barrier } from "../barrier";
import { blacklist } from "../blacklist";
import { calls } from "../calls";
import { cards } from "../cards";
import { gate } from "../gate";
import { housing } from "../housing";
import { inside } from "../inside";
import { meters } from "../meters";
import { passes } from "../passes";
import { people } from "../people";
import { sites } from "../sites";
import { staff } from "../staff";
import { statistics } from "../statistics";
import { wall } from "../wall";
import { violations, watch } from "../watch";

export const words = { gate, passes, inside, sites, blacklist, cards, calls, people, housing, staff, account, alarms, meters, statistics, wall, watch, violations, barrier };
