/** The first screen: every lane as a column; whoever waits comes first where not all are in sight. */

import { useQuery } from "@tanstack/react-query";

import type { Schema } from "../api/client";
import { boardQuery } from "../api/queries";
import { useWords } from "../i18n";
import { Empty, ProblemNotice } from "../ui/Notice";
import classes from "./Lane.module.css";
import { LaneColumn } from "./LaneColumn";
import { useLaneChoice } from "./laneChoice";

/** As many as are all in sight: then none changes its place under the guard's hand. */
const BESIDE = 2;

export function Now() {
  const { t } = useWords();
  const { data: board, error, refetch } = useQuery(boardQuery);
  if (!board) return error && <ProblemNotice error={error} onRetry={() => void refetch()} />;
  if (board.lanes.length === 0) return <Empty title={t("now.noLanes")} hint={t("now.noLanesHint")} />;
  return (
    <>
      <h1 className="visually-hidden">{t("now.title")}</h1>
      <Lanes lanes={board.lanes} />
    </>
  );
}

function Lanes({ lanes }: { lanes: readonly Schema["Lane"][] }) {
  const { withKeys, isChosen } = useLaneChoice(lanes);
  return (
    <div className={classes["lanes"]} data-many={lanes.length > BESIDE || undefined}>
      {lanes.map((lane) => (
        <LaneColumn key={lane.id} lane={lane} hasKeys={lane === withKeys} isChosen={isChosen && lane === withKeys} />
      ))}
    </div>
  );
}
