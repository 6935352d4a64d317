/** Words of the desk's pages that nobody has in front of them all day. */

import { account } from "../account";
import { blacklist } from "../blacklist";
import { calls } from "../calls";
import { cards } from "../cards";
import { housing } from "../housing";
import { inside } from "../inside";
import { meters } from "../meters";
import { people } from "../people";
import { sites } from "../sites";
import { staff } from "../staff";
import { statistics } from "../statistics";
import { violations } from "../violations";

export const words = { inside, sites, blacklist, cards, calls, people, housing, staff, account, meters, statistics, violations };
