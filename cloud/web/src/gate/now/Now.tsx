/** The first screen: every lane as a column; whoever waits comes first where not all are in sight. */

import { useQuery } from "@tanstack/react-query";

import { boardQuery } from "../api/queries";
import { useWords } from "../i18n";
import { Empty, ProblemNotice } from "../ui/Notice";
import classes from "./Lane.module.css";
import { LaneColumn } from "./LaneColumn";

/** As many as are all in sight: then none changes its place under the guard's hand. */
const BESIDE = 2;

export function Now() {
  const { t } = useWords();
  const { data: board, error, refetch } = useQuery(boardQuery);
  if (!board) return error && <ProblemNotice error={error} onRetry={() => void refetch()} />;
  if (board.lanes.length === 0) return <Empty title={t("now.noLanes")} hint={t("now.noLanesHint")} />;
  const withKeys = board.lanes.find((lane) => lane.waiting.length > 0) ?? board.lanes[0];
  return (
    <>
      <h1 className="visually-hidden">{t("now.title")}</h1>
      <div className={classes["lanes"]} data-many={board.lanes.length > BESIDE || undefined}>
        {board.lanes.map((lane) => (
          <LaneColumn key={lane.id} lane={lane} hasKeys={lane === withKeys} />
        ))}
      </div>
    </>
  );
}
