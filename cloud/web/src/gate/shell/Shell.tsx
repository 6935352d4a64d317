/** What stands around every screen: the sections, the search, what must be known of the link. */

import { useQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { IconAlertOctagon, IconCarGarage, IconClipboardText, IconHistory, IconLayoutList, IconUsers } from "@tabler/icons-react";

import { Live } from "../api/Live";
import { boardQuery, meQuery } from "../api/queries";
import { SignIn } from "../entry/SignIn";
import { useWords } from "../i18n";
import { type Session, SessionContext } from "../session";
import { Empty, ProblemNotice } from "../ui/Notice";
import { useTheme } from "../ui/theme";
import { Zone } from "../ui/times";
import { Toasts } from "../ui/toasts";
import { useQueueSender } from "../violations/useQueue";
import { Bars } from "./Bars";
import { Clock } from "./Clock";
import { Menu } from "./Menu";
import { SearchBox } from "./SearchBox";
import classes from "./Shell.module.css";
import { useBoardSounds } from "./useBoardSounds";

export function Outside() {
  const { data: me } = useQuery(meQuery);
  useTheme(me?.site?.time_zone);
  return (
    <Zone value={me?.site?.time_zone}>
      <Outlet />
      <Toasts />
    </Zone>
  );
}

/** Everything but the page about certificates is for a guard on duty. */
export function Inside() {
  const { data: me, error, refetch } = useQuery(meQuery);
  if (!me) return error ? <ProblemNotice error={error} onRetry={() => void refetch()} /> : null;
  const { guard, site, shift } = me;
  if (!guard || !site || !shift) return <SignIn me={me} />;
  return <OnDuty session={{ guard, site, shift, isBox: me.by === "pin" && me.post === "" }} />;
}

function OnDuty({ session }: { session: Session }) {
  return (
    <SessionContext value={session}>
      <Live>
        <Frame />
      </Live>
    </SessionContext>
  );
}

function Frame() {
  const { t } = useWords();
  useBoardSounds();
  useQueueSender();
  return (
    <div className={classes["frame"]}>
      <a className="skip-link" href="#content">
        {t("nav.skip")}
      </a>
      <header className={classes["top"]}>
        <div className={classes["row"]}>
          <SearchBox />
          <Clock />
          <Menu />
        </div>
        <Bars />
      </header>
      <Rail />
      <main id="content" className={classes["content"]} tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}

const SECTIONS = [
  { to: "/", label: "nav.now", icon: IconCarGarage, exact: true },
  { to: "/passes", label: "nav.passes", icon: IconLayoutList, exact: false },
  { to: "/passages", label: "nav.passages", icon: IconHistory, exact: false },
  { to: "/visits", label: "nav.visits", icon: IconUsers, exact: false },
  { to: "/violations", label: "nav.violations", icon: IconAlertOctagon, exact: false },
  { to: "/shift", label: "nav.shift", icon: IconClipboardText, exact: false },
] as const;

function Rail() {
  const { t } = useWords();
  const { data: board } = useQuery(boardQuery);
  const waiting = board?.lanes.reduce((sum, lane) => sum + lane.waiting.length, 0) ?? 0;
  return (
    <nav className={classes["rail"]} aria-label={t("nav.main")}>
      {SECTIONS.map(({ to, label, icon: Icon, exact }) => (
        <Link key={to} to={to} className={classes["section"]} activeOptions={{ exact, includeSearch: false }}>
          <Icon size={26} aria-hidden />
          {t(label)}
          {to === "/" && waiting > 0 && (
            <span className={classes["count"]} aria-label={t("now.waiting", { count: waiting })}>
              {waiting}
            </span>
          )}
        </Link>
      ))}
    </nav>
  );
}

export function NotFound() {
  const { t } = useWords();
  return (
    <main>
      <Empty title={t("problem.notFoundTitle")} hint={t("problem.notFoundHint")}>
        <Link to="/">{t("nav.now")}</Link>
      </Empty>
    </main>
  );
}

