/** Words of what the desk shows all day, and of what its other pages and administration have in common with it. */

import { add } from "../add";
import { alarms } from "../alarms";
import { barrier } from "../barrier";
import { gate } from "../gate";
import { passes } from "../passes";
import { wall } from "../wall";
import { watch } from "../watch";
import { week } from "../week";

export const words = { add, gate, passes, alarms, wall, watch, barrier, week };
