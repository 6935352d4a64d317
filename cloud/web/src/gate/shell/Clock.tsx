/** Where and when: the site, its time, the guard on duty. */

import { useEffect, useState } from "react";

import { useSession } from "../session";
import { useTimes } from "../ui/times";
import classes from "./Shell.module.css";

const TICK_MS = 5_000;

export function Clock() {
  const { site } = useSession();
  const times = useTimes();
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className={classes["clock"]}>
      <strong>{times.time(now)}</strong>
      <span className={classes["name"]} title={site.name}>
        {site.name}
      </span>
    </div>
  );
}
